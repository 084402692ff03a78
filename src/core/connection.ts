/** An open byte stream. Bytes are read only when asked for; the rest stays in the kernel. */
export interface Connection {
  /**
   * The next bytes, at least one; null once the peer has ended its side. The bytes are valid until
   * the next call. One call at a time. Throws a `BywayError` IOERR when the connection broke.
   */
  read(): Promise<Uint8Array | null>
  /**
   * Gives `take` all that comes, piece by piece, the next one when the promise that it gave is fulfilled,
   * or at once for null. Resolves once the peer has ended its side. Throws what `read` and `take` throw.
   */
  flow(take: Take): Promise<void>
  /**
   * Resolves when more may be written (back-pressure); null: at once, and the bytes may be overwritten.
   * Throws IOERR when the connection broke.
   */
  write(bytes: Uint8Array): Promise<void> | null
  /** Ends our side, after all that was written (half-close, FIN); reading goes on. */
  end(): Promise<void>
  /** Releases everything at once. Never throws, may be called again. */
  close(): void
  /** A raw connected socket (a `net.Socket`) that may be passed on: nothing was read ahead. */
  readonly socket?: unknown
  /** a process in the network namespace of that socket; absent: it is in ours */
  readonly inside?: number
  /** `192.0.2.7:22`, for people; holds no secret */
  readonly description: string
}

/** Takes bytes that are valid until the promise is fulfilled; null: until it returns. */
export type Take = (bytes: Uint8Array) => Promise<void> | null

/** `flow` of a connection that only has `read`. */
export async function flowByReading(
  read: () => Promise<Uint8Array | null>,
  take: Take,
): Promise<void> {
  for (;;) {
    const bytes = await read()
    if (bytes === null) return
    await take(bytes)
  }
}
