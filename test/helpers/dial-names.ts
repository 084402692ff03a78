/** A program: dials names over TCP, as its arguments say, and prints what came of it, as JSON. */

import { messageOf } from '../../src/core/errors.ts'
import { dialTcp } from '../../src/transports/tcp.ts'
import { FakeAttempt } from './fake-attempt.ts'
import { settled } from './fake-clock.ts'
import { type Listener, listen } from './listen.ts'

/** One name to dial. */
export interface NameToDial {
  readonly host: string
  /** the addresses on which somebody listens */
  readonly alive: readonly string[]
  /** aborts when the dial is at its addresses */
  readonly aborts?: boolean
}

/** What came of it. */
export interface Dialled {
  /** where it is connected, or why not; the port is written as `PORT` */
  readonly outcome: string
  readonly ms: number
  readonly stages: readonly string[]
  /** sockets of ours that are open afterwards */
  readonly sockets: number
}

void main(JSON.parse(process.argv[2] ?? '[]'))

async function main(names: readonly NameToDial[]): Promise<void> {
  const results: Dialled[] = []
  for (const name of names) results.push(await dialThrice(name))
  process.stdout.write(JSON.stringify(results), () => process.exit())
}

/** The fastest: a pause of the computer is in one of them, what a dial waits for is in each. */
async function dialThrice(name: NameToDial): Promise<Dialled> {
  const all: Dialled[] = []
  for (let i = 0; i < 3; i++) all.push(await dial(name))
  const outcome = [...new Set(all.map((one) => one.outcome))].join(', then ')
  const ms = Math.min(...all.map((one) => one.ms))
  const stages =
    all.find((one) => `${one.stages}` !== `${all[0]?.stages}`)?.stages ?? all[0]?.stages ?? []
  return { outcome, ms, stages, sockets: Math.max(...all.map(({ sockets }) => sockets)) }
}

async function dial({ host, alive, aborts }: NameToDial): Promise<Dialled> {
  const servers: Listener[] = []
  for (const address of alive) {
    servers.push(await listen(() => {}, { host: address, port: servers[0]?.port ?? 0 }))
  }
  const port = servers[0]?.port ?? 1
  const attempt = new FakeAttempt()
  if (aborts === true) void abortSoon(attempt)
  const began = performance.now()
  const dialled = await dialTcp({ host, port }, attempt).catch(messageOf)
  const ms = performance.now() - began
  for (const server of servers) for (const socket of server.open) socket.destroy()
  for (const server of servers) server.stop()
  const sockets = await countSockets()
  if (typeof dialled !== 'string') dialled.close()
  const outcome = typeof dialled === 'string' ? dialled : dialled.description
  return { outcome: outcome.replaceAll(`:${port}`, ':PORT'), ms, stages: attempt.stages, sockets }
}

async function abortSoon(attempt: FakeAttempt): Promise<void> {
  await attempt.reaches('connect')
  await settled()
  attempt.abort('aborted')
}

async function countSockets(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) await settled()
  const names = process.getActiveResourcesInfo()
  return names.filter((name) => /^TCP(Socket|Connect)Wrap$/.test(name)).length
}
