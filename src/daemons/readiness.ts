import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import type { Readiness, SocksPlace } from '../core/daemon.ts'
import type { DaemonProcess } from './daemon-process.ts'

/** Milliseconds between two looks, and in which a proxy answers a greeting. */
const LOOK_EVERY = 50
const GREETING = 1000

/** What readiness is looked for in. */
export interface Watched {
  readonly process: DaemonProcess
  /** its proxy; null: it has none */
  readonly socks: SocksPlace | null
}

/** Resolves when the daemon says, in its way, that it can be used; never when it ends before. */
export function untilReady(ready: Readiness | null, watched: Watched): Promise<void> {
  if (ready === null) return Promise.resolve()
  if ('log' in ready) return untilSaid(new RegExp(ready.log, 'u'), watched.process)
  if ('file' in ready) return poll(async () => existsSync(ready.file), watched)
  const { socks } = watched
  return poll(async () => socks !== null && (await greets(socks)), watched)
}

function untilSaid(pattern: RegExp, process: DaemonProcess): Promise<void> {
  return new Promise((resolve) => {
    process.onLine((line) => pattern.test(line) && resolve())
  })
}

async function poll(look: () => Promise<boolean>, { process }: Watched): Promise<void> {
  let over = false
  void process.ended.then(() => {
    over = true
  })
  while (!(await look())) {
    if (over) return new Promise(() => {})
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }
}

/** True when it answers a SOCKS5 greeting that offers both ways of authentication (RFC 1928). */
function greets(place: SocksPlace): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect('path' in place ? { path: place.path } : place)
    const tell = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(GREETING, () => tell(false))
    socket.on('error', () => tell(false))
    socket.on('close', () => tell(false))
    socket.on('data', ([version]) => tell(version === 5))
    socket.write(Uint8Array.of(5, 2, 0, 2))
  })
}
