import { join } from 'node:path'
import type { Connection } from '../../src/core/connection.ts'
import type { SocketAddress } from '../../src/core/means.ts'
import type { Network, Route, Technology } from '../../src/core/types.ts'
import { type Outcome, type Reached, reach } from '../../src/reach.ts'
import { makeFolder } from './cleanup.ts'
import { type FaultProxy, type Plan, startFaultProxy } from './fault-proxy.ts'
import { listen } from './listen.ts'
import type { Address } from './peers.ts'
import { soon } from './soon.ts'
import type { WireWay } from './wire-ways.ts'

/** Milliseconds after which something is taken for hung, also where all of this runs beside much else. */
const HUNG = 20_000

/** A peer that says so much, hears until the other side ends, and ends then. */
export interface Talker extends Address {
  /** what it heard in each of its connections, in the order in which they ended */
  readonly heard: readonly Buffer[]
  stop(): void
}

/** Starts one; `ends`: it ends its side as soon as all is said. */
export async function startTalker(says: Buffer, ends = false): Promise<Talker> {
  const heard: Buffer[] = []
  const listener = await listen((socket) => {
    const chunks: Buffer[] = []
    socket.write(says)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    if (ends) socket.end()
    else socket.on('end', () => socket.end())
    socket.on('close', () => heard.push(Buffer.concat(chunks)))
  })
  return { host: listener.host, port: listener.port, heard, stop: () => listener.stop() }
}

/** A race between a route with a fault and, unless it is alone, a sound one. */
export interface WireCase {
  readonly way: WireWay
  readonly plan: Plan
  /** the connection that it befalls; the stream's own where it is absent */
  readonly connection?: number
  /** where the sound route leads, which says nothing before the fault has happened; null: there is none */
  readonly next: Address | null
  readonly technologies: ReadonlyMap<string, Technology>
  /** milliseconds */
  readonly stagger: number
  /** seconds for each route */
  readonly limit: number
  /** seconds for the disturbed route alone, as its network's `timeout` has it */
  readonly timeout?: number
  /** the socket is to be passed on */
  readonly untouched?: boolean
}

/** What came of it; `finishWireCase` is to follow. */
export interface WireEnd {
  readonly outcome: Outcome
  readonly proxy: FaultProxy
  /** the door of the sound route; null: there is none */
  readonly door: FaultProxy | null
  readonly wanted: WireCase
  /** milliseconds that the race took */
  readonly ms: number
}

/** Runs the race. Rejects when it hangs. */
export async function runWireCase(wanted: WireCase): Promise<WireEnd> {
  const { way, plan, next, technologies, stagger, limit, timeout, untouched = false } = wanted
  const proxy = await startFaultProxy({
    to: way.to,
    path: way.unix === true ? join(makeFolder(), 'socket') : undefined,
    planFor: (connection) => (connection === (wanted.connection ?? way.stream) ? plan : {}),
  })
  const door = next === null ? null : await openDoor(next, plan, proxy)
  const { technology, settings } = way.network(proxy.at)
  const top = routeTo(way.host ?? addressOf(proxy.at), {
    technology,
    settings: timeout === undefined ? settings : { ...settings, timeout },
    name: 'top',
    priority: 2,
    module: '',
  })
  const routes = door === null ? [top] : [top, routeTo(door, NEXT)]
  const began = performance.now()
  const race = reach(routes, {
    technologies,
    self: null,
    stagger,
    grace: 20,
    timeout: limit,
    // what is said on the command line would overrule the network's own
    limit: timeout === undefined ? limit : undefined,
    untouched,
    signal: new AbortController().signal,
  })
  const outcome = await soon('the race', race, 1000 * limit + HUNG)
  const ms = performance.now() - began
  return { outcome, proxy, door, wanted, ms }
}

/** Whoever wins before the fault cannot have won for it: the sound route waits until it has happened. */
function openDoor(to: Address, { fault }: Plan, proxy: FaultProxy): Promise<FaultProxy> {
  const opens = fault === undefined ? Promise.resolve() : proxy.befell
  return startFaultProxy({ to, opens, planFor: () => ({}) })
}

/** Rejects when the planned fault has not happened, or when anything is left open. */
export async function finishWireCase({ outcome, proxy, door, wanted }: WireEnd): Promise<void> {
  const { way, plan, connection } = wanted
  const fault = `${way.name} ${connection}: ${JSON.stringify(plan.fault)}`
  if (plan.fault !== undefined) await soon(fault, proxy.befell, HUNG)
  outcome.winner?.reached.connection.close()
  await soon('the release of all connections', proxy.released(), HUNG)
  proxy.stop()
  if (door !== null) await soon('the release of the sound route', door.released(), HUNG)
  door?.stop()
}

/** What a stream gave, and how it ended. */
export interface Taken {
  readonly bytes: Buffer
  readonly end: 'end' | 'broken' | 'enough'
}

/** Reads until the end, or until there is as much as wanted. */
export async function takeAll({ connection, head }: Reached, wanted: number): Promise<Taken> {
  const chunks = head.map((bytes) => Buffer.from(bytes))
  const size = () => chunks.reduce((sum, { length }) => sum + length, 0)
  try {
    while (size() < wanted) {
      const bytes = await soon('a read', connection.read(), HUNG)
      if (bytes === null) return { bytes: Buffer.concat(chunks), end: 'end' }
      chunks.push(Buffer.from(bytes))
    }
  } catch (error) {
    if (String(error).includes('hung')) throw error
    return { bytes: Buffer.concat(chunks), end: 'broken' }
  }
  return { bytes: Buffer.concat(chunks), end: 'enough' }
}

/** Writes, ends and reads the end; false when the connection broke meanwhile. */
export async function sayAll(connection: Connection, bytes: Uint8Array): Promise<boolean> {
  try {
    await soon('a write', Promise.resolve(connection.write(bytes)), HUNG)
    await soon('the end', connection.end(), HUNG)
    return (await soon('the last read', connection.read(), HUNG)) === null
  } catch (error) {
    if (String(error).includes('hung')) throw error
    return false
  }
}

const NEXT: Network = { name: 'next', priority: 1, technology: 'direct', module: '', settings: {} }

function routeTo({ host, port }: Address, network: Network): Route {
  return { machine: 'web', network, host: { at: { plain: host } }, port, clan: null }
}

function addressOf(at: SocketAddress): Address {
  return 'path' in at ? { host: '127.0.0.1', port: 1 } : at
}
