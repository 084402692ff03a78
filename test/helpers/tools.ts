import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Programs that only tests run, by the script that builds them. */
const SCRIPTS = {
  sops: 'setup-sops.sh',
  tailscale: 'setup-overlays.sh',
  tailscaled: 'setup-overlays.sh',
  tailnet: 'setup-overlays.sh',
  wireproxy: 'setup-overlays.sh',
  dumbpipe: 'setup-overlays.sh',
} as const

/** One of them. */
export type ToolName = keyof typeof SCRIPTS

/** The folder that they are in (scripts/tools.sh), as it is before a test has another home. */
export const TOOLS = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'byway-tools/bin',
)

/** The path of a program that is built for the tests. Throws when it is not there. */
export function tool(name: ToolName): string {
  const path = join(TOOLS, name)
  if (existsSync(path)) return path
  throw new Error(`no ${name}: run scripts/${SCRIPTS[name]}`)
}
