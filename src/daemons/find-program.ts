import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The program's path: as given when it has a slash, else by `path` ($PATH); null: there is none. */
export function findProgram(name: string, path: string | undefined): string | null {
  const candidates = name.includes('/')
    ? [name]
    : (path ?? '').split(delimiter).map((folder) => join(folder, name))
  return candidates.find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
