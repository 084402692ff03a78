import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/byway-tools/bin/', import.meta.url))

/** The path of a program that scripts/setup-overlays.sh builds. Throws when it is not there. */
export function tool(name: 'tailscaled' | 'tailscale' | 'tailnet' | 'dumbpipe'): string {
  const path = `${FOLDER}${name}`
  if (existsSync(path)) return path
  throw new Error(`no ${name}: run scripts/setup-overlays.sh`)
}
