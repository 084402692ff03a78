import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { KeeperStatus } from '../../src/core/daemon.ts'
import { askStatus } from '../../src/daemons/lease.ts'
import { EXECUTABLE, Home, runByway } from './byway.ts'
import { findFreePort } from './listen.ts'
import { findByEnvironment, type ProcessEntry } from './proc.ts'
import { MACHINE } from './ssh-client.ts'
import type { Sshd } from './sshd.ts'
import { until } from './until.ts'

/** Milliseconds between two questions to a keeper. */
const LOOK = 100
/** The network whose daemon byway starts. */
export const NETWORK = 'work'
/** What a peer inside a namespace says, at once. */
export const BANNER = 'SSH-2.0-inside\n'
/** The port of that peer. */
const PORT = 7022

/** A home whose machine is reached through `ssh -D`, which byway starts. */
export async function makeProxied(sshd: Sshd, more: Record<string, unknown> = {}): Promise<Home> {
  const home = new Home(EXECUTABLE)
  const socks = `127.0.0.1:${await findFreePort()}`
  const options = ['ExitOnForwardFailure=yes', 'StrictHostKeyChecking=no', 'BatchMode=yes']
  const known = [...options, 'UserKnownHostsFile=/dev/null'].flatMap((one) => ['-o', one])
  const login = ['-i', sshd.clientKey, '-p', String(sshd.port), `${sshd.user}@${sshd.host}`]
  const command = ['ssh', '-F', 'none', '-N', '-D', socks, ...known, ...login]
  const daemon = { command, socks, ready: { socks: true }, linger: 1, ...more }
  const peers = { [MACHINE]: { host: 'localhost', port: sshd.port, user: sshd.user } }
  home.writeInventory({ networks: { [NETWORK]: { technology: 'socks', peers } } })
  home.writeConfig({ networks: { [NETWORK]: { daemon } } })
  return home
}

/** A home whose machine is in the network namespace of a daemon that byway starts. */
export function makeInside(more: Record<string, unknown> = {}, artefact = EXECUTABLE): Home {
  const home = new Home(artefact)
  const answer = `SYSTEM:echo ${BANNER.trim()}; cat`
  const command = ['socat', '-d', '-d', `TCP-LISTEN:${PORT},fork`, answer]
  const ready = { log: 'listening on' }
  const daemon = { command, namespace: true, ready, linger: 1, ...more }
  const peers = { [MACHINE]: { host: '127.0.0.1', port: PORT } }
  home.writeInventory({ networks: { [NETWORK]: { peers } } })
  home.writeConfig({ networks: { [NETWORK]: { daemon } } })
  return home
}

/** Every process that was started in this home, by whomever. */
export function processesOf(home: Home): ProcessEntry[] {
  return findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
}

/** True for the process that keeps a daemon. */
export function isKeeper({ command }: ProcessEntry): boolean {
  return command.endsWith(' keep')
}

/** Connects, hears the machine, and leaves. */
export async function connectOnce(home: Home): Promise<void> {
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE], { input: '' })
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
}

/**
 * What its keeper says of the daemon, asked some time after the last question; null when there is
 * none. One that lives and says nothing is asked again: it was held up, or we were.
 */
export async function daemonOf(home: Home): Promise<KeeperStatus | null> {
  await new Promise((resolve) => setTimeout(resolve, LOOK))
  const below = join(home.folder, 'run/byway')
  const name = existsSync(below) && readdirSync(below).find((one) => one.startsWith('net.'))
  const status = name ? await askStatus(join(below, name)) : null
  return status === null && processesOf(home).some(isKeeper) ? daemonOf(home) : status
}

/** Byway is gone, one stream is left, and with it the daemon, longer than it lingers. */
export async function staysForStream(home: Home): Promise<void> {
  for (;;) {
    const daemon = await daemonOf(home)
    if (daemon?.state === 'ready' && daemon.users.length === 0 && daemon.streams === 1) break
  }
  await olderBy(home, 2)
}

/** Resolves when it is so many seconds older; rejects when it ends before. */
export async function olderBy(home: Home, seconds: number): Promise<void> {
  const first = await daemonOf(home)
  for (let daemon = first; ; daemon = await daemonOf(home)) {
    if (daemon === null || daemon.daemon !== first?.daemon) throw new Error('it has ended')
    if (daemon.age >= first.age + seconds) return
  }
}

/** Waits until no process of the home is left. */
export async function leavesNothing(home: Home): Promise<void> {
  const names = () => processesOf(home).map(({ command }) => command)
  await until('no process is left', () => names().length === 0, 15_000).catch((cause) => {
    throw new Error(`left: ${names().join(', ')}`, { cause })
  })
}
