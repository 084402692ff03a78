import type { KeeperOrder, Launch } from '../core/daemon.ts'
import type { Daemon, Run, StartDaemon } from './daemon.ts'
import { startInNamespace } from './namespace.ts'
import { startProgram } from './program.ts'
import { Tor } from './tor.ts'

/** How each kind is started. A new one is a file beside this and a line here. */
const STARTS: { readonly [L in Launch as L['kind']]: StartDaemon<L> } = {
  tor: Tor.start,
  program: startProgram,
  namespace: startInNamespace,
}

/** Starts the daemon that is ordered. Throws UNAVAILABLE. */
export function startDaemon(order: KeeperOrder, run: Run): Promise<Daemon> {
  const start = STARTS[order.launch.kind] as StartDaemon<Launch>
  return start(order, run)
}
