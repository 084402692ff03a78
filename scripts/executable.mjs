/**
 * Makes an executable that needs no Node: `executable.mjs <target> <output>` puts dist/byway.js into the
 * target's Node binary with @yao-pkg/pkg's SEA mode. pkg wants a newer Node than byway's least one, and the
 * blob must come from the very version that reads it: this computer's runtime from runtime.mjs runs pkg.
 *
 * The macOS executable is unsigned, which Apple silicon refuses to run: `codesign --sign - <file>` on a Mac, or
 * building with `ldid` in the PATH, gives it the ad-hoc signature that suffices.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache, fetchRuntime, hostTarget, version } from './runtime.mjs'

const [target = hostTarget, output = 'dist/byway', stage] = process.argv.slice(2)
if (stage === 'pack') await pack()
else await prepare()

/** Fetches what is needed, then runs this file again by the runtime, where pkg finds its cache. */
async function prepare() {
  const temporary = resolve(`${output}.${process.pid}`)
  const [node] = await Promise.all([fetchRuntime(hostTarget), fetchRuntime(target)])
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(node, [fileURLToPath(import.meta.url), target, temporary, 'pack'], {
    env: { ...env, HOME: cache },
    stdio: 'inherit',
  })
  try {
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`pkg failed for ${target}`)
    await chmod(temporary, 0o755)
    await rename(temporary, output)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Runs pkg. V8's code cache is good only for the kind of processor that made it. */
async function pack() {
  const { log } = await import('@yao-pkg/pkg/lib-es5/log.js')
  const { default: pkg } = await import('@yao-pkg/pkg/lib-es5/sea.js')
  log.info = () => {}
  const [platform, arch = ''] = target.split('-')
  const seaConfig = {
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: target === hostTarget,
    // NODE_OPTIONS is meant for other programs.
    execArgvExtension: 'none',
  }
  await pkg.default(fileURLToPath(new URL('../dist/byway.js', import.meta.url)), {
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
