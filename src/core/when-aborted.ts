/**
 * Calls `act` when the signal aborts, at once where it has already: whoever was awaited meanwhile may
 * have come just before, and a listener hears nothing afterwards. The returned function takes it back.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  signal.addEventListener('abort', act, { once: true })
  if (signal.aborted) act()
  return () => signal.removeEventListener('abort', act)
}
