import type { ChildProcess } from 'node:child_process'

/** Milliseconds in which its last words come, if what it started still has its stdout. */
const LAST_WORDS = 100

/** How it ended, once all that it said was read: `status 1`, `SIGKILL`. */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => {
      const tell = () => resolve(signal ?? `status ${status}`)
      child.once('close', tell)
      setTimeout(tell, LAST_WORDS)
    })
  })
}
