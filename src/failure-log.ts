import { join } from 'node:path'
import { type Environment, xdgFolder } from './inventory/locate.ts'
import { appendRotated } from './rotated-file.ts'

/**
 * Notes why a connect failed in `$XDG_STATE_HOME/byway/log`: under ControlPersist ssh throws away
 * what a ProxyCommand writes to stderr. The text holds no secret. Never throws: a login must not
 * fail over its log.
 */
export function logFailure(text: string, env: Environment): void {
  const lines = text.trimEnd().replaceAll('\n', '\n  ')
  const log = join(xdgFolder('STATE', env), 'log')
  appendRotated(log, `${new Date().toISOString()} [${process.pid}] ${lines}\n`)
}
