import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SocketAddress } from '../../src/core/means.ts'
import type { Attempt } from '../../src/core/types.ts'

/** What is done with whoever comes. */
export type Serve = (socket: Socket) => void

/** Says all of the input to whoever comes, and ends. */
export function saying(input: Buffer): Serve {
  return (socket) => void socket.resume().end(input)
}

/** A server on a unix socket, for as long as the work takes; throws when that is for ever. */
export async function withServer(
  serve: Serve,
  work: (at: { path: string }, attempt: Attempt) => Promise<void>,
): Promise<void> {
  const at = await listenOnce()
  serving = serve
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error('it takes for ever')), 5000)
  const attempt = {
    signal: late.signal,
    stage: () => {},
    mayStart: async () => {},
    untouched: false,
  }
  try {
    await work(at, attempt)
    late.signal.throwIfAborted()
  } finally {
    clearTimeout(timer)
  }
}

let serving: Serve = () => {}
let listening: Promise<{ path: string } & SocketAddress> | null = null

function listenOnce(): Promise<{ path: string } & SocketAddress> {
  listening ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'byway-fuzz-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'socket')
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      serving(socket)
    })
    server.listen(path).unref()
    await once(server, 'listening')
    return { path }
  })()
  return listening
}
