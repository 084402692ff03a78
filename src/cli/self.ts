import { realpathSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { GlobalFlags } from '../arguments.ts'
import { ownCommand } from '../self.ts'

/**
 * How this byway is run: a program and its first arguments, absolute. A `byway` in PATH that is
 * this very file goes first, as its path outlives upgrades (`/run/current-system/sw/bin/byway`).
 */
export function findSelf(env: NodeJS.ProcessEnv): string[] {
  const command = ownCommand()
  const own = command.at(-1) ?? ''
  const inPath = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, 'byway'))
    .find((path) => isSameFile(path, own))
  return inPath === undefined ? command : [inPath]
}

/** The flags that name sources, for another byway that is run from anywhere. */
export function sourceFlags({ inventory, flake, config }: GlobalFlags): string[] {
  return [
    ...(inventory === undefined ? [] : ['--inventory', resolve(inventory)]),
    ...(flake === undefined ? [] : ['--flake', isReference(flake) ? flake : resolve(flake)]),
    ...(config === undefined ? [] : ['--config', resolve(config)]),
  ]
}

/** A flake reference with a scheme (`github:…`, `git+file:…`), not a folder. */
function isReference(flake: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(flake)
}

function isSameFile(path: string, own: string): boolean {
  try {
    return realpathSync(path) === realpathSync(own)
  } catch {
    return false
  }
}
