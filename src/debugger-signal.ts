/**
 * From now on SIGUSR1 does nothing: at that signal Node would open its debugger at a port of
 * loopback, where it asks nobody who he is, and any user of this computer could run code as us.
 * The executable's Node is told not to from its start (scripts/executable.mjs). Keeps no process
 * alive.
 */
export function ignoreDebuggerSignal(): void {
  process.on('SIGUSR1', () => {})
}
