import { resolve } from 'node:path'
import { isSea } from 'node:sea'

/** How this byway is run: a program and its first arguments, absolute. */
export function ownCommand(): string[] {
  return isSea() ? [process.execPath] : [process.execPath, resolve(process.argv[1] ?? '')]
}
