/** `ssh host true`, by wall time; and what the proxy command alone takes of the processor. */

import { startSocks } from '../test/helpers/socks-server.ts'
import { MACHINE } from '../test/helpers/ssh-client.ts'
import { startSshd } from '../test/helpers/sshd.ts'
import { type Contender, compare, type Row, timeOf } from './harness.ts'
import {
  bywayLines,
  findRuntime,
  homeFor,
  onlyConnects,
  otherProxied,
  otherRelays,
  startBanner,
} from './peers.ts'
import { waysTo } from './ways.ts'

export const login: Row = {
  name: 'login',
  target: 'at most 60 ms of CPU more than nc; without the runtime, at most 10 ms',
  measure: async ({ runs }) => [
    ...(await logins(runs)),
    '',
    'The proxy command alone, to a peer that says its banner and ends:',
    '',
    ...(await alone(runs)),
    '',
    'The same through a SOCKS5 proxy:',
    '',
    ...(await proxied(runs)),
  ],
}

async function logins(runs: number): Promise<string[]> {
  const sshd = await startSshd()
  const contenders = waysTo(sshd).map(({ name, client }) => ({
    name,
    turn: async () => {
      const { status, stderr, ms } = await client.run('ssh', [MACHINE, 'true'])
      if (status !== 0) throw new Error(`${name}: ${stderr}`)
      return [ms]
    },
  }))
  const table = await compare(['ms'], contenders, runs)
  sshd.stop()
  return table
}

async function alone(runs: number): Promise<string[]> {
  const runtime = await findRuntime()
  const peer = await startBanner()
  const { env } = homeFor(peer)
  const lines = [
    ...otherRelays(peer),
    { name: 'one line of Node', argv: onlyConnects(runtime, peer) },
    ...bywayLines(runtime),
  ]
  const table = await compare(['ms of CPU', 'ms'], timed(lines, env), 2 * runs)
  peer.stop()
  return table
}

async function proxied(runs: number): Promise<string[]> {
  const peer = await startBanner()
  const proxy = await startSocks()
  const { env } = homeFor(peer, proxy.address)
  const lines = [...otherProxied(proxy.address, peer), ...bywayLines(await findRuntime())]
  const table = await compare(['ms of CPU', 'ms'], timed(lines, env), 2 * runs)
  proxy.stop()
  peer.stop()
  return table
}

function timed(
  lines: readonly { readonly name: string; readonly argv: readonly string[] }[],
  env: Readonly<Record<string, string>>,
): Contender[] {
  return lines.map(({ name, argv }) => ({
    name,
    turn: async () => {
      const { wall, cpu } = await timeOf(argv, env)
      return [cpu, wall]
    },
  }))
}
