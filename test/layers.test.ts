import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

/*
 * `main -> cli and the files beside main -> rooms -> core`: an import goes down, never up or
 * sideways. What rooms need of each other they get through interfaces in core.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** A room that the other rooms may use: how programs of the system are run and ended. */
const COMMON = 'children'
/** What only commands other than `connect` need, or only some connects. */
const HEAVY = ['yargs', 'zod', 'socks', 'age-encryption', 'picocolors', 'string-width', 'wrap-ansi']
const LONGEST = 250

const test = suite('layers')

interface Import {
  /** a path from the project's root, a `node:` module or a package */
  readonly target: string
  readonly kind: 'static' | 'type' | 'dynamic'
}

const files = listSources('src')
const imports = new Map(files.map((file) => [file, readImports(file)]))

test('there is something to look at', () => {
  assert.ok(files.includes('src/main.ts') && files.length > 50)
  assert.ok(imports.get('src/main.ts')?.some(({ kind }) => kind === 'dynamic'))
  assert.ok(imports.get('src/core/pulled-socket.ts')?.some(({ kind }) => kind === 'type'))
})

test('core imports nothing but core; types of node: are allowed, values are not', () => {
  const wrong = violations(
    (layer) => layer === 'core',
    ({ target, kind }) =>
      layerOf(target) === 'core' || (target.startsWith('node:') && kind === 'type'),
  )
  assert.equal(wrong, [])
})

test('rooms import themselves, core, and how to run programs', () => {
  const wrong = violations(isRoom, ({ target }, own) => {
    return !target.startsWith('src/') || [own, 'core', COMMON].includes(layerOf(target))
  })
  assert.equal(wrong, [])
})

test('how to run programs imports itself and core', () => {
  const wrong = violations(
    (layer) => layer === COMMON,
    ({ target }) => !target.startsWith('src/') || ['core', COMMON].includes(layerOf(target)),
  )
  assert.equal(wrong, [])
})

test('nobody imports main', () => {
  const wrong = violations(
    () => true,
    ({ target }) => target !== 'src/main.ts',
  )
  assert.equal(wrong, [])
})

test('every import leads to a file that is there', () => {
  const wrong = violations(
    () => true,
    ({ target }) => !target.startsWith('src/') || files.includes(target),
  )
  assert.equal(wrong, [])
})

test('only main and the commands load commands', () => {
  const wrong = violations(
    (layer) => layer !== 'cli' && layer !== 'main',
    ({ target, kind }) => kind === 'type' || layerOf(target) !== 'cli',
  )
  assert.equal(wrong, [])
})

test('connect evaluates no package: what is heavy is loaded when it is needed', () => {
  const reached = reach('src/main.ts')
  const packages = reached.filter((target) => !/^(src\/|node:)/.test(target))
  assert.equal(packages, [])
  for (const name of HEAVY) assert.not.ok(reached.includes(name), name)
  assert.ok(reached.includes('src/stdio/relay.ts'), 'what connect does need is found')
})

test('what completion asks for evaluates no package', () => {
  const reached = reach('src/known-words.ts')
  assert.equal(
    reached.filter((target) => !/^(src\/|node:)/.test(target)),
    [],
  )
})

for (const folder of ['src', 'test', 'scripts']) {
  test(`no file in ${folder} has more than ${LONGEST} lines`, () => {
    const long = listSources(folder)
      .map((file) => ({
        file,
        lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1,
      }))
      .filter(({ lines }) => lines > LONGEST)
    assert.equal(long, [])
  })
}

test.run()

/** Which imports of the files of some layers are not allowed: `from -> target`. */
function violations(
  applies: (layer: string) => boolean,
  allows: (one: Import, layer: string) => boolean,
): string[] {
  return files
    .filter((file) => applies(layerOf(file)))
    .flatMap((file) => {
      const wrong = (imports.get(file) ?? []).filter((one) => !allows(one, layerOf(file)))
      return wrong.map(({ target }) => `${file} -> ${target}`)
    })
}

function isRoom(layer: string): boolean {
  return !['core', 'cli', 'top', 'main', COMMON].includes(layer)
}

/** `main`, `top` for the files beside it, else the folder's name; a package is its own. */
function layerOf(path: string): string {
  if (path === 'src/main.ts') return 'main'
  const [, folder] = /^src\/(?:([^/]+)\/)?/.exec(path) ?? []
  if (folder !== undefined) return folder
  return path.startsWith('src/') ? 'top' : path
}

/** All that is evaluated when this file is: files, `node:` modules and packages. */
function reach(entry: string): string[] {
  const reached = new Set([entry])
  for (const file of reached) {
    for (const { target, kind } of imports.get(file) ?? [])
      if (kind === 'static') reached.add(target)
  }
  return [...reached]
}

function readImports(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const declared = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gm)]
  const bare = [...text.matchAll(/^import\s+()'([^']+)'/gm)]
  const dynamic = [...text.matchAll(/\bimport\(\s*'([^']+)'/g)]
  return [
    ...[...declared, ...bare].map(([, type, target = '']): Import => {
      return { target: resolve(file, target), kind: type ? 'type' : 'static' }
    }),
    ...dynamic.map(
      ([, target = '']): Import => ({ target: resolve(file, target), kind: 'dynamic' }),
    ),
  ]
}

function resolve(file: string, target: string): string {
  return target.startsWith('.') ? join(dirname(file), target) : target
}

function listSources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => join(folder, name))
    .sort()
}
