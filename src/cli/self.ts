import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
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

function isSameFile(path: string, own: string): boolean {
  try {
    return realpathSync(path) === realpathSync(own)
  } catch {
    return false
  }
}
