import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Programs that only tests run, by the script that builds them. */
const SCRIPTS = {
  sops: 'setup-sops.sh',
  tailscale: 'setup-overlays.sh',
  tailscaled: 'setup-overlays.sh',
  tailnet: 'setup-overlays.sh',
  dumbpipe: 'setup-overlays.sh',
} as const

/** Before a test has given itself another home. */
const CACHE = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')

/** The path of a program that is built for the tests (scripts/tools.sh). Throws when it is not there. */
export function tool(name: keyof typeof SCRIPTS): string {
  const path = join(CACHE, 'byway-tools/bin', name)
  if (existsSync(path)) return path
  throw new Error(`no ${name}: run scripts/${SCRIPTS[name]}`)
}
