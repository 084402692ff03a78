import { endChildren } from './children/with-us.ts'
import { EXIT_STATUS } from './core/errors.ts'
import { lookupsPending } from './transports/lookup.ts'

/** someone waits for our end, and asks for no status */
let unread = false

/**
 * From now on a success has to be quick, and nobody reads it: ssh, which has been passed a socket,
 * waits for byway by waitpid(2) without a status, and goes on only then.
 */
export function hurryUnread(): void {
  unread = true
}

/**
 * Ends byway with this exit status: at once, or as soon as what it started has ended. Everything
 * that is to be read by somebody has been written before. exit(3) would wait for a name server that
 * does not answer, as much as 10 s.
 */
export async function leave(status: number): Promise<never> {
  await endChildren()
  if (lookupsPending()) dropThreads(status)
  process.exit(status)
}

/**
 * Another program's image takes our place, threads and all. Node before 22.15 cannot do that, and
 * nothing else that it has ends a process with a status and without its threads: a signal is quick,
 * but true only where nobody reads the status; all else waits for the name server.
 */
function dropThreads(status: number): void {
  if (process.execve !== undefined) process.execve('/bin/sh', ['sh', '-c', `exit ${status}`])
  if (unread && status === EXIT_STATUS.OK) process.kill(process.pid, 'SIGKILL')
}
