import { resolve } from 'node:path'
import { isSea } from 'node:sea'

/** How this byway is run: a program and its first arguments, absolute. */
export function ownCommand(): string[] {
  return isSea() ? [process.execPath] : [process.execPath, resolve(process.argv[1] ?? '')]
}

/** The command by which byway starts itself to evaluate flakes; it is in no help. */
export const RENEW = 'renew'
/** The command by which byway starts itself inside a network namespace, to dial; it is in no help. */
export const DIAL = 'dial'
/** The argument of `renew` when another byway waits for the result. */
export const WANTED = 'wanted'
/** The variable by which a byway that ssh asks for a password knows the file that has it. */
export const ASKPASS = 'BYWAY_ASKPASS'
