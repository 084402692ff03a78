/**
 * Makes an executable that needs no Node: `executable.mjs <target> <output>` puts dist/byway.js, and code that V8
 * has compiled of it, into the target's Node binary with @yao-pkg/pkg's SEA mode. pkg wants a newer Node than byway's least one, and the
 * blob must come from the very version that reads it: this computer's runtime from runtime.mjs runs pkg.
 *
 * The macOS executable is unsigned, which Apple silicon refuses to run: `codesign --sign - <file>` on a Mac, or
 * building with `ldid` in the PATH, gives it the ad-hoc signature that suffices.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache, fetchRuntime, hostTarget, version } from './runtime.mjs'

/** What the executable holds besides its main, by name. */
const ASSETS = ['program', 'code-cache']

const [target = hostTarget, output = 'dist/byway', folder] = process.argv.slice(2)
if (folder !== undefined) await pack(folder)
else await prepare()

/** Fetches what is needed, then runs this file again by the runtime, where pkg finds its cache. */
async function prepare() {
  const temporary = resolve(`${output}.${process.pid}`)
  const folder = await mkdtemp(join(tmpdir(), 'byway-executable-'))
  try {
    const [node] = await Promise.all([fetchRuntime(hostTarget), fetchRuntime(target)])
    await writeAssets(folder, node)
    await run(node, [fileURLToPath(import.meta.url), target, temporary, folder])
    await chmod(temporary, 0o755)
    await rename(temporary, output)
  } finally {
    await rm(temporary, { force: true })
    await rm(folder, { recursive: true })
  }
}

/**
 * The program as the function that a module is, and V8's code, which is good only for the kind of processor
 * that made it: empty for others.
 *
 * @param {string} folder
 * @param {string} node
 */
async function writeAssets(folder, node) {
  const script = await readFile(here('../dist/byway.js'), 'latin1')
  const [program = '', codeCache = ''] = ASSETS.map((name) => join(folder, name))
  const parameters = 'exports, require, module, __filename, __dirname'
  const body = script.slice(script.indexOf('\n'))
  await writeFile(program, `(function (${parameters}) {${body}})`, 'latin1')
  await writeFile(codeCache, '')
  if (target === hostTarget) await run(node, [here('code-cache.mjs'), program, codeCache])
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
async function run(program, args) {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(program, args, { env: { ...env, HOME: cache }, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${target}: ${args[0]} ended with status ${code}`)
}

/**
 * Runs pkg.
 *
 * @param {string} folder
 */
async function pack(folder) {
  const { log } = await import('@yao-pkg/pkg/lib-es5/log.js')
  const { default: pkg } = await import('@yao-pkg/pkg/lib-es5/sea.js')
  log.info = () => {}
  const [platform, arch = ''] = target.split('-')
  const seaConfig = {
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // Any user of the computer could use the debugger, which that signal opens.
    execArgv: ['--disable-sigusr1'],
    // NODE_OPTIONS is meant for other programs.
    execArgvExtension: 'none',
    assets: Object.fromEntries(ASSETS.map((name) => [name, join(folder, name)])),
  }
  await pkg.default(here('executable-main.cjs'), {
    targets: [
      {
        nodeRange: `node${version}`,
        platform: /** @type {'linux' | 'macos'} */ (platform),
        arch,
        output: resolve(output),
      },
    ],
    seaConfig,
    signature: true,
  })
}

/** @param {string} name */
function here(name) {
  return fileURLToPath(new URL(name, import.meta.url))
}
