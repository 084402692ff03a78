import { connect, type Socket } from 'node:net'
import type { SocketAddress } from '../../src/core/means.ts'
import { type Listener, listen } from './listen.ts'

/** What befalls a connection. */
export interface Fault {
  /** `down`: the bytes from the peer to byway are counted; `up`: those to the peer */
  readonly on: 'down' | 'up'
  /** how many bytes of that direction pass before it happens */
  readonly after: number
  /** both sides are closed, or reset; nothing passes any more; or these bytes come in between */
  readonly does: 'close' | 'reset' | 'stall' | Insertion
}

/** Bytes that come in between, or the next byte changed: those of its bits that are set here. */
export type Insertion = { readonly says: Uint8Array } | { readonly flips: number }

/** How the bytes come. */
export interface Pace {
  /** The most bytes of the next segment. */
  size(): number
  /** Milliseconds before it, which is so far from the beginning. */
  pause?(at: number): number
  readonly hold?: Hold | undefined
}

/** Bytes from an offset on are held until so many in all are there, or the end. */
export interface Hold {
  readonly from: number
  readonly until: number
  /** so many of them come in a segment of their own, 0: all come in one */
  readonly split: number
}

/** What is done to one connection: nothing, where it is empty. */
export interface Plan {
  readonly fault?: Fault | undefined
  /** of the bytes to byway */
  readonly pace?: Pace | undefined
  /** of the bytes to the peer */
  readonly upPace?: Pace | undefined
}

/** A relay of the test's own, which does to each connection what was planned. */
export interface FaultProxy extends Listener {
  readonly at: SocketAddress
  /** bytes that came in each direction, by connection */
  readonly counts: readonly { down: number; up: number }[]
  /** Resolves once a fault that was planned has happened. */
  readonly befell: Promise<void>
  /** All that a connection of byway's was sent so far. */
  sent(connection: number): Buffer
  /** Resolves when the other side has let go of all its connections. */
  released(): Promise<void>
}

/** How a fault proxy is started. */
export interface FaultProxyOptions {
  /** what it passes on to */
  readonly to: SocketAddress
  /** a unix socket's path, instead of a port on loopback */
  readonly path?: string | undefined
  /** before it, nothing passes */
  readonly opens?: Promise<void>
  /** What to do to a connection: the first one is 0, and so on. */
  planFor(connection: number): Plan
}

/** Starts one. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { to, path, opens = Promise.resolve() } = options
  const counts: { down: number; up: number }[] = []
  const sent: Uint8Array[][] = []
  const gone: Promise<void>[] = []
  let befall = () => {}
  const befell = new Promise<void>((resolve) => {
    befall = resolve
  })
  const serve = (socket: Socket) => {
    const count = { down: 0, up: 0 }
    const pieces: Uint8Array[] = []
    sent.push(pieces)
    const order = { plan: options.planFor(counts.push(count) - 1), count, sent: pieces, befall }
    gone.push(letGo(socket))
    void opens.then(() => new Relayed(socket, to, order).begin())
  }
  const listener = await listen(serve, path === undefined ? undefined : { path })
  const at = path === undefined ? { host: listener.host, port: listener.port } : { path }
  const released = async () => void (await Promise.all(gone))
  const all = (connection: number) => Buffer.concat(sent[connection] ?? [])
  return Object.assign(listener, { at, counts, befell, sent: all, released })
}

function letGo(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('end', resolve).once('close', resolve)
  })
}

interface Order {
  readonly plan: Plan
  readonly count: { down: number; up: number }
  /** is given what goes to byway */
  readonly sent: Uint8Array[]
  /** is told of the fault */
  befall(): void
}

/** One connection and the one behind it. */
class Relayed {
  readonly #near: Socket
  readonly #far: Socket
  readonly #order: Order
  #over = false

  constructor(near: Socket, to: SocketAddress, order: Order) {
    this.#near = near
    this.#far = connect({ ...to, allowHalfOpen: true, noDelay: true })
    this.#order = order
  }

  begin(): void {
    const [near, far] = [this.#near, this.#far]
    near.on('close', () => far.destroy())
    far.on('error', () => near.destroy())
    const { fault } = this.#order.plan
    if (fault?.after === 0 && typeof fault.does === 'string') this.#befall(fault.does)
    void this.#pass('up', near, far)
    void this.#pass('down', far, near)
  }

  async #pass(on: Fault['on'], from: Socket, to: Socket): Promise<void> {
    const { count } = this.#order
    try {
      for await (const chunk of this.#pieces(on, from)) {
        // what came before the fault is on its way by then; what comes after it is dropped
        if (this.#over) continue
        count[on] += chunk.length
        if (on === 'down') this.#order.sent.push(chunk)
        await write(to, chunk)
        const { fault } = this.#order.plan
        if (fault?.on === on && fault.after === count[on] && typeof fault.does === 'string') {
          this.#befall(fault.does)
        }
      }
    } catch {
      // a side was reset
    }
    if (!this.#over) to.end()
  }

  /** Cut as planned, and at the fault. */
  async *#pieces(on: Fault['on'], from: Socket): AsyncGenerator<Uint8Array> {
    const { fault, pace, upPace } = this.#order.plan
    let left = fault?.on === on ? fault.after : Number.POSITIVE_INFINITY
    for await (const chunk of paced(from, on === 'down' ? pace : upPace)) {
      const [before, rest] = [chunk.subarray(0, left), chunk.subarray(left)]
      if (before.length > 0) yield before
      // what is changed has to be there
      const due = flipsOf(fault) === null ? left <= chunk.length : rest.length > 0
      if (due && typeof fault?.does === 'object') this.#order.befall()
      if (due) yield* inserted(fault?.does, rest)
      left = due ? Number.POSITIVE_INFINITY : left - before.length
    }
  }

  #befall(what: 'close' | 'reset' | 'stall'): void {
    this.#over = true
    this.#order.befall()
    if (what === 'stall') return
    if (what === 'close') this.#near.end()
    else reset(this.#near)
    this.#far.destroy()
  }
}

/** Node's resetAndDestroy() sends a FIN before, and fails on a unix socket, which knows no reset. */
function reset(socket: Socket): void {
  if (socket.remotePort !== undefined) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}

/** The bits of the next byte that the fault changes; null: it is another kind of fault. */
function flipsOf(fault: Fault | undefined): number | null {
  return typeof fault?.does === 'object' && 'flips' in fault.does ? fault.does.flips : null
}

/** What comes at the fault and after it. */
function* inserted(does: Fault['does'] | undefined, rest: Uint8Array): Generator<Uint8Array> {
  const insertion = typeof does === 'object' ? does : { says: Buffer.alloc(0) }
  const all =
    'flips' in insertion
      ? [Buffer.of((rest[0] ?? 0) ^ insertion.flips), rest.subarray(1)]
      : [insertion.says, rest]
  for (const bytes of all) if (bytes.length > 0) yield bytes
}

async function* paced(from: Socket, pace: Pace | undefined): AsyncGenerator<Buffer> {
  const { from: first = 0, until = 0, split = 0 } = pace?.hold ?? {}
  let passed = 0
  let held = Buffer.alloc(0)
  for await (const chunk of from.iterator()) {
    held = Buffer.concat([held, chunk])
    const total = passed + held.length
    const ready = total >= until ? held.length : Math.max(0, Math.min(held.length, first - passed))
    const own = passed === first && total >= until ? split : 0
    yield* chop(held.subarray(0, own), passed, pace)
    yield* chop(held.subarray(own, ready), passed + own, pace)
    passed += ready
    held = held.subarray(ready)
  }
  yield* chop(held, passed, pace)
}

async function* chop(bytes: Buffer, passed: number, pace?: Pace): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const pause = pace?.pause?.(passed + at) ?? 0
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
    const piece = bytes.subarray(at, at + (pace?.size() ?? bytes.length))
    yield piece
    at += piece.length
  }
}

/** Resolves when it is on its way, and the other side could read it. */
async function write(to: Socket, bytes: Uint8Array): Promise<void> {
  await new Promise((resolve) => to.write(bytes, resolve))
  await new Promise((resolve) => setImmediate(resolve))
}
