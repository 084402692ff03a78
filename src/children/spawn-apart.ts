import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { type Environment, RUN_MARK } from './environment.ts'

/** Starts its arguments and ends, which leaves them to the computer's first process. */
const SCRIPT = 'exec 3<&0; "$@" <&3 3<&- &'

/**
 * Starts a program that has nothing to do with us: in a session of its own, so that it outlives us
 * and our terminal, no descendant of ours, for whoever started us may end all of these (see `endFamily`),
 * and of no daemon's run, whose next start ends what it finds of it. What is given is its parent for a moment, whose streams are the program's.
 */
export function spawnApart(
  [program, ...args]: readonly string[],
  { stdio, env }: { readonly stdio: StdioOptions; readonly env: Environment },
): ChildProcess {
  const words = ['-c', SCRIPT, 'sh', program ?? '', ...args]
  return spawn('/bin/sh', words, {
    detached: true,
    cwd: '/',
    stdio,
    env: { ...env, [RUN_MARK]: undefined },
  })
}
