import type { Writable } from 'node:stream'

/**
 * Writes bytes to a stream of Node's: resolves when they are with the kernel; null: they are already, and
 * may be overwritten. Rejects with what `broken` makes of the failure.
 */
export function writeAll(
  stream: Writable,
  bytes: Uint8Array,
  broken: (cause: Error) => Error,
): Promise<void> | null {
  const written = new Promise<void>((resolve, reject) => {
    stream.write(bytes, (cause) => (cause ? reject(broken(cause)) : resolve()))
  })
  const isThere = stream.writableLength === 0 && stream.writable && stream.errored === null
  return isThere ? null : written
}
