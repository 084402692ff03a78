import { endChildren } from './children/with-us.ts'
import { EXIT_STATUS } from './core/errors.ts'
import { lookupsPending } from './transports/lookup.ts'

/**
 * Ends byway with this exit status: at once, or as soon as what it started has ended. Everything
 * that is to be read by somebody has been written before. exit(3) would wait for a name server that does not answer, as much as 10 s, and
 * ssh waits for byway when it passes a socket.
 */
export async function leave(status: number): Promise<never> {
  await endChildren()
  if (lookupsPending()) dropThreads(status)
  process.exit(status)
}

/**
 * Another program's image takes our place, threads and all. Node before 22.15 cannot do that: then
 * a success, whose status nobody reads, ends by a signal, and a failure waits.
 */
function dropThreads(status: number): void {
  if (process.execve !== undefined) process.execve('/bin/sh', ['sh', '-c', `exit ${status}`])
  if (status === EXIT_STATUS.OK) process.kill(process.pid, 'SIGKILL')
}
