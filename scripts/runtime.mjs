/**
 * The official Node binaries that the executables are made of, from the npm registry's own packages
 * (runtimes.json: one version, a hash for each). They are no devDependencies, because each of them
 * refuses to be installed on another platform than its own.
 *
 * They lie as `@yao-pkg/pkg` lays out its download cache, so that pkg finds them and fetches nothing.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import runtimes from './runtimes.json' with { type: 'json' }

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** The home directory to give to pkg. */
export const cache = join(root, 'node_modules/.cache/byway')

/** The Node version of every executable. */
export const version = runtimes.version

/** The target that this computer runs, for instance `linux-x64`. */
export const hostTarget = `${process.platform === 'darwin' ? 'macos' : process.platform}-${process.arch}`

/**
 * The path of one target's Node binary, fetched and checked against its hash when it is not there yet.
 *
 * @param {string} target a key of runtimes.json's targets
 */
export async function fetchRuntime(target) {
  const wanted = Object.entries(runtimes.targets).find(([name]) => name === target)?.[1]
  if (!wanted) throw new Error(`no Node runtime for ${target} in scripts/runtimes.json`)
  const folder = `node-v${version}-${target.replace('macos', 'darwin')}`
  const place = join(cache, '.pkg-cache/sea', folder)
  const binary = join(place, 'bin/node')
  if (!existsSync(binary)) await unpack(wanted, place)
  return binary
}

/**
 * @param {{ package: string, integrity: string }} wanted
 * @param {string} place
 */
async function unpack(wanted, place) {
  await mkdir(dirname(place), { recursive: true })
  const temporary = await mkdtemp(`${place}-`)
  try {
    const archive = await download(wanted, temporary)
    await run('tar', ['-xzf', archive, '-C', temporary, '--strip-components=1', 'package/bin/node'])
    await rm(archive)
    await writeFile(join(temporary, 'bin/node.ok'), '')
    await Promise.all([`${place}.tar.gz`, `${place}.tar.gz.ok`].map((mark) => writeFile(mark, '')))
    await rm(place, { recursive: true, force: true })
    await rename(temporary, place)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {{ package: string, integrity: string }} wanted
 * @param {string} folder
 */
async function download(wanted, folder) {
  const name = `${wanted.package}@${version}`
  const flags = ['--loglevel=error', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await run('npm', ['pack', name, ...flags], { cwd: root })
  const archive = join(folder, stdout.trim())
  const hash = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')
  if (`sha512-${hash}` !== wanted.integrity) {
    throw new Error(
      `${name}: its hash is sha512-${hash}, scripts/runtimes.json says ${wanted.integrity}`,
    )
  }
  return archive
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await fetchRuntime(process.argv[2] ?? hostTarget))
}
