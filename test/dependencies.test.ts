import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/**
 * What byway needs when it runs, bundled into it. One more is a decision, and a line here: age files; SOCKS5; colour,
 * the width of a text on a terminal and its folding; command lines; schemas.
 */
const DEPENDENCIES = [
  'age-encryption',
  'picocolors',
  'socks',
  'string-width',
  'wrap-ansi',
  'yargs',
  'zod',
]

/** What these bring into the bundle, by whom. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  'age-encryption': [
    '@noble/ciphers',
    '@noble/curves',
    '@noble/hashes',
    '@noble/post-quantum',
    '@scure/base',
  ],
  picocolors: [],
  socks: ['ip-address', 'smart-buffer'],
  'string-width': ['get-east-asian-width', 'strip-ansi', 'ansi-regex'],
  'wrap-ansi': ['ansi-styles', 'emoji-regex'],
  yargs: ['cliui', 'escalade', 'get-caller-file', 'y18n', 'yargs-parser'],
  zod: [],
}

/** What it is built and tested with. */
const DEVELOPMENT = [
  '@biomejs/biome',
  '@types/node',
  '@types/yargs',
  '@yao-pkg/pkg',
  'esbuild',
  // the status page is looked at in a real browser
  'playwright-core',
  'tsx',
  'typescript',
  'uvu',
]

interface Manifest {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: unknown
  readonly optionalDependencies?: unknown
}

interface Lock {
  readonly packages: Readonly<Record<string, Manifest>>
}

interface Runtimes {
  readonly version: string
  readonly targets: Readonly<Record<string, { readonly integrity: string }>>
}

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>
}

const test = suite('dependencies')
const manifest = readJson<Manifest>('package.json')
const { devDependencies = {} } = manifest

test('the package that is installed needs no other: all is in the bundle', () => {
  assert.is(manifest.dependencies, undefined)
  assert.is(manifest.peerDependencies, undefined)
  assert.is(manifest.optionalDependencies, undefined)
})

test('to build and test it, exactly the ones that were decided on', () => {
  assert.equal(Object.keys(devDependencies).sort(), [...DEPENDENCIES, ...DEVELOPMENT].sort())
  assert.equal(Object.keys(BUNDLED), DEPENDENCIES)
})

for (const [name, version] of Object.entries(devDependencies)) {
  test(`${name} is of exactly one version, which the lock file has`, () => {
    assert.match(version, /^\d+\.\d+\.\d+$/)
    const { packages } = readJson<Lock>('package-lock.json')
    assert.is(packages[`node_modules/${name}`]?.version, version)
  })
}

test('the lock file is of this package.json', () => {
  const { packages } = readJson<Lock>('package-lock.json')
  assert.is(packages['']?.dependencies, undefined)
  assert.equal(packages['']?.devDependencies, devDependencies)
})

test('of every package the lock file has one version and its hash, and no script runs at installation', () => {
  const { packages } = readJson<Lock>('package-lock.json')
  for (const [path, { version, integrity, resolved }] of Object.entries(packages)) {
    if (path === '') continue
    assert.match(version ?? '', /^\d+\.\d+\.\d+/, path)
    assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path)
    assert.is(resolved, undefined, `${path} names a host`)
  }
  assert.match(readFileSync(join(ROOT, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m)
})

test('the runtime that is put into the executable is pinned by its hash', () => {
  const { version, targets } = readJson<Runtimes>('scripts/runtimes.json')
  assert.match(version, /^\d+\.\d+\.\d+$/)
  for (const { integrity } of Object.values(targets)) assert.match(integrity, /^sha512-.{86}==$/)
})

/** Ways to get code from elsewhere while it runs. */
const FETCHES =
  /\bimport\(\s*[^'"\s)]|\bcreateRequire\b|\beval\(|new Function\(|\bfetch\(|node:https?['"]|node:vm['"]/

test('no source of byway’s own loads code but by a fixed name', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  const loading = files
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => FETCHES.test(readFileSync(join(ROOT, 'src', name), 'utf8')))
  assert.equal(loading, [])
})

test('the main of the executable loads what is in the executable, and nothing else', () => {
  const main = readFileSync(join(ROOT, 'scripts/executable-main.cjs'), 'utf8')
  const required = [...main.matchAll(/require\(([^)]*)\)/g)].map(([, what]) => what)
  assert.equal(required, ["'node:sea'", "'node:vm'"])
  assert.equal(
    [...main.matchAll(/getRawAsset\(([^)]*)\)/g)].map(([, what]) => what),
    ["'program'", "'code-cache'"],
  )
  assert.is(main.match(/new Script\(/g)?.length, 1)
  assert.match(main, /new Script\(program, /)
  assert.not.match(
    main,
    /\bimport\(|createRequire|eval\(|Function\(|\bfetch\(|process\.|runInNewContext/,
  )
})

test('the bundle holds nothing else', () => {
  assert.ok(existsSync(join(ROOT, 'dist/meta.json')), 'dist/meta.json is not there: make build')
  const { inputs } = readJson<Metafile>('dist/meta.json')
  const bundled = new Set(
    Object.keys(inputs)
      .map(packageOf)
      .filter((name) => name !== null),
  )
  const decided = [...DEPENDENCIES, ...Object.values(BUNDLED).flat()]
  assert.equal([...bundled].sort(), decided.sort())
})

test('the bundle holds no file that is ours but of src', () => {
  const { inputs } = readJson<Metafile>('dist/meta.json')
  const others = Object.keys(inputs).filter((path) => !/^(src|node_modules)\//.test(path))
  assert.equal(others, [])
})

test.run()

/** The package that a file of the bundle is of; null: it is ours. */
function packageOf(path: string): string | null {
  const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
  return name ?? null
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8'))
}
