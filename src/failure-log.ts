import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, xdgFolder } from './inventory/locate.ts'

/** Bytes of the log before it becomes `log.1`, in whose place the last one was. */
const ROTATE_AT = 256 * 1024

/**
 * Notes why a connect failed in `$XDG_STATE_HOME/byway/log`: under ControlPersist ssh throws away
 * what a ProxyCommand writes to stderr. The text holds no secret. Never throws: a login must not
 * fail over its log.
 */
export function logFailure(text: string, env: Environment): void {
  try {
    const folder = xdgFolder('STATE', env)
    const log = join(folder, 'log')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    rotate(log)
    const lines = text.trimEnd().replaceAll('\n', '\n  ')
    appendFileSync(log, `${new Date().toISOString()} [${process.pid}] ${lines}\n`, { mode: 0o600 })
  } catch {
    // a full disk or a read-only home is no reason to fail
  }
}

function rotate(log: string): void {
  try {
    if (statSync(log).size >= ROTATE_AT) renameSync(log, `${log}.1`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
