import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from './listen.ts'
import { mustRun } from './program.ts'
import {
  generateClientKey,
  startOnions,
  startTor,
  type Tor,
  type TorOnions,
  watchControl,
} from './shared-tor-network.ts'

/** Free ports may be taken by somebody else before tor has them. */
const TRIES = 3
const AUTHORITIES = ['auth0', 'auth1', 'auth2'] as const
const RELAYS = ['relay0', 'relay1', 'relay2'] as const

/** A private Tor network on loopback. */
export interface TorNetwork {
  /** the torrc lines that put a client into it; DataDirectory and SocksPort are the client's */
  readonly clientTorrc: readonly string[]
  readonly onions: TorOnions
  /** Ends the tor of `plain`, `auth` and `dead`, by SIGTERM. */
  stopService(): Promise<void>
  /** Starts it again, with the same addresses; resolves when all is published. */
  startService(): Promise<void>
  /** Kills every tor. */
  stop(): Promise<void>
}

interface Group {
  readonly folder: string
  readonly tors: Tor[]
}

interface Authority {
  readonly name: string
  readonly orPort: number
  readonly dirPort: number
}

/**
 * Starts three directory authorities that are relays too, three more relays, and the services.
 * The path of `folder` must be short, for it holds unix sockets. Resolves when a client can reach
 * every service. All tors end with this process; when it is killed, within 15 s. Throws with what
 * tor said when one of them ends or is too slow.
 */
export async function startTorNetwork(
  folder: string,
  { sshPort }: { readonly sshPort: number },
): Promise<TorNetwork> {
  let failure: unknown
  for (let i = 0; i < TRIES; i++) {
    const group: Group = { folder: join(folder, `tor${i}`), tors: [] }
    const stop = async () => {
      for (const { running } of group.tors) running.kill()
      await Promise.allSettled(group.tors.map(({ running }) => running.result))
    }
    try {
      return { ...(await startOnce(group, sshPort)), stop }
    } catch (error) {
      failure = error
      await stop()
    }
  }
  throw failure
}

async function startOnce(group: Group, sshPort: number): Promise<Omit<TorNetwork, 'stop'>> {
  const clientTorrc = await startRelays(group)
  const folder = join(group.folder, 'onions')
  const clientKey = generateClientKey()
  const clients = join(folder, 'auth', 'authorized_clients')
  mkdirSync(clients, { recursive: true, mode: 0o700 })
  writeFileSync(join(clients, 'client.auth'), `descriptor:x25519:${clientKey.publicKey}\n`)
  // Nothing listens on port 1, and the kernel gives it to nobody.
  const ports = { plain: sshPort, auth: sshPort, dead: 1 }
  const start = () => startOnions(folder, clientTorrc, ports)
  const [first, brief] = await Promise.all([
    start(),
    startOnions(join(group.folder, 'brief'), clientTorrc, { gone: 1 }),
  ])
  let host = first
  group.tors.push(host.tor, brief.tor)
  brief.tor.running.kill()
  const { plain, auth, dead } = host.onions
  return {
    clientTorrc,
    onions: { plain, auth: { ...auth, clientKey }, dead, gone: brief.onions.gone },
    stopService: async () => {
      host.tor.running.child.kill('SIGTERM')
      await host.tor.running.result
    },
    startService: async () => {
      host = await start()
      group.tors.push(host.tor)
    },
  }
}

/** Resolves with a client's lines when all relays know each other. */
async function startRelays(group: Group): Promise<string[]> {
  const authorities = await Promise.all(
    AUTHORITIES.map(async (name) => {
      const [orPort, dirPort] = await Promise.all([findFreePort(), findFreePort()])
      return { name, orPort, dirPort }
    }),
  )
  const directory = authorities.map((authority) => createAuthority(group, authority))
  const clientTorrc = ['TestingTorNetwork 1', ...(await Promise.all(directory))]
  const start = (name: string, torrc: readonly string[]) => {
    const tor = startTor(join(group.folder, name), [...clientTorrc, ...relayTorrc(name), ...torrc])
    group.tors.push(tor)
    return tor
  }
  const voters = authorities.map((authority) => start(authority.name, authorityTorrc(authority)))
  // Relays tell them once that they are there.
  await Promise.all(voters.map((tor) => watchControl(tor, [], (line) => line === '250 OK')))
  const relays = RELAYS.map((name) => start(name, ['ORPort 127.0.0.1:auto']))
  await vote(voters)
  // A reload makes a relay fetch the consensus now, else it may wait ten seconds.
  const commands = ['SETEVENTS STATUS_CLIENT', 'SIGNAL RELOAD', 'GETINFO status/bootstrap-phase']
  const isReady = (line: string) => line.includes('PROGRESS=100')
  await Promise.all(relays.map((relay) => watchControl(relay, commands, isReady)))
  return clientTorrc
}

/** Makes the keys of an authority; returns the line that leads to it. */
async function createAuthority(group: Group, authority: Authority): Promise<string> {
  const { name, orPort, dirPort } = authority
  const folder = join(group.folder, name)
  const keys = join(folder, 'keys')
  mkdirSync(keys, { recursive: true, mode: 0o700 })
  const address = `127.0.0.1:${dirPort}`
  const words = ['--create-identity-key', '-m', '12', '-a', address, '--passphrase-fd', '0']
  await mustRun(['tor-gencert', ...words], { cwd: keys, input: 'throw-away\n' })
  const certificate = readFileSync(join(keys, 'authority_certificate'), 'utf8')
  const identity = /^fingerprint (\w+)/m.exec(certificate)?.[1]
  const torrc = join(folder, 'torrc')
  const anybody = `DirAuthority x 127.0.0.1:1 ${'f'.repeat(40)}`
  const lines = ['TestingTorNetwork 1', anybody, 'ORPort auto', `DataDirectory ${folder}`]
  writeFileSync(torrc, lines.join('\n'))
  const list = ['-f', torrc, '--Nickname', name, '--list-fingerprint', '--quiet']
  const { stdout } = await mustRun(['tor', ...list])
  const fingerprint = stdout.toString().replace(name, '').replaceAll(/\s/g, '')
  return `DirAuthority ${name} orport=${orPort} v3ident=${identity} ${address} ${fingerprint}`
}

function relayTorrc(name: string): string[] {
  return [
    `Nickname ${name}`,
    'Address 127.0.0.1',
    'AssumeReachable 1',
    'SocksPort 0',
    'ExitPolicy reject *:*',
    // Else one relay may seem so much faster that every path leads through it twice, and fails.
    'TestingMinTimeToReportBandwidth 1 day',
    // A relay with few others to choose from may find no second hop otherwise.
    'VanguardsLiteEnabled 0',
  ]
}

function authorityTorrc({ orPort, dirPort }: Authority): string[] {
  return [
    `ORPort 127.0.0.1:${orPort}`,
    `DirPort 127.0.0.1:${dirPort}`,
    'AuthoritativeDirectory 1',
    'V3AuthoritativeDirectory 1',
    'ContactInfo nobody@localhost',
    'TestingDirAuthVoteGuard *',
    'TestingDirAuthVoteHSDir *',
    // No vote before we ask for one.
    `TestingV3AuthVotingStartOffset ${unixTimeIn(75) % 150}`,
  ]
}

function unixTimeIn(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

/** Waits until the authorities know every relay, then has them agree on a consensus. */
async function vote(authorities: readonly Tor[]): Promise<void> {
  const names = [...AUTHORITIES, ...RELAYS]
  const register = ['SETEVENTS NEWDESC', 'GETINFO desc/all-recent']
  await Promise.all(authorities.map((tor) => watchControl(tor, register, hearsOf(names))))
  const timing = [
    'TestingV3AuthInitialVotingInterval=10',
    'TestingV3AuthInitialVoteDelay=2',
    'TestingV3AuthInitialDistDelay=2',
    `TestingV3AuthVotingStartOffset=${unixTimeIn(6) % 10}`,
  ]
  const commands = ['SETEVENTS NEWCONSENSUS', `SETCONF ${timing.join(' ')}`]
  const watch = (tor: Tor) => watchControl(tor, commands, countsHsDirs(names.length))
  await Promise.all(authorities.map(watch))
}

/** Accepts the line by which a descriptor of every name has come. */
function hearsOf(names: readonly string[]): (line: string) => boolean {
  const missing = new Set(names)
  return (line) => {
    const name = /^(?:router |650 NEWDESC .*~)(\w+)/.exec(line)?.[1]
    return name !== undefined && missing.delete(name) && missing.size === 0
  }
}

/** Accepts the line of a consensus by which so many relays keep descriptors. */
function countsHsDirs(wanted: number): (line: string) => boolean {
  let found = 0
  return (line) => {
    if (line.startsWith('650+')) found = 0
    if (/^s .*\bHSDir\b/.test(line)) found += 1
    return found === wanted
  }
}
