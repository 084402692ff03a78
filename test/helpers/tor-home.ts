import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { KeeperStatus } from '../../src/core/daemon.ts'
import { askStatus } from '../../src/daemons/lease.ts'
import { type Artefact, EXECUTABLE, Home } from './byway.ts'
import { findByEnvironment, type ProcessEntry } from './proc.ts'
import { type SharedTorNetwork, useTorNetwork } from './shared-tor-network.ts'
import { MACHINE, SNIPPETS, SshClient } from './ssh-client.ts'
import type { Sshd } from './sshd.ts'
import { until } from './until.ts'

/** Milliseconds between two questions to the keeper. */
const LOOK = 100

/** What a home with tor in it may be told besides. */
export interface TorHomeOptions {
  readonly artefact?: Artefact
  /** the peers of the network "tor"; when left out, the machine at the private network's `plain` */
  readonly peers?: (net: SharedTorNetwork) => Readonly<Record<string, unknown>>
  /** further networks of the inventory */
  readonly networks?: Readonly<Record<string, unknown>>
  /** what the configuration says of the network "tor" */
  readonly tor?: (net: SharedTorNetwork) => Readonly<Record<string, unknown>>
  /** what it says of the daemon; the private network's torrc and a linger of 1 s when left out */
  readonly daemon?: Readonly<Record<string, unknown>>
}

/** A home whose machine is reached over a private Tor network, by a tor that byway starts. */
export class TorHome {
  readonly home: Home
  readonly net: SharedTorNetwork
  /** the folder in which byway keeps sockets and claims for its tor */
  readonly runtime: string

  private constructor(home: Home, net: SharedTorNetwork) {
    this.home = home
    this.net = net
    this.runtime = join(home.env['XDG_RUNTIME_DIR'] ?? '', 'byway/tor')
  }

  static async make(options: TorHomeOptions = {}): Promise<TorHome> {
    const net = await useTorNetwork()
    await requireNoTor()
    const home = new Home(options.artefact ?? EXECUTABLE)
    const lines = [...net.clientTorrc, 'GeoIPFile /dev/null', 'GeoIPv6File /dev/null', '']
    const torrc = home.writeFile('client.torrc', lines.join('\n'))
    const { networks = {}, tor, daemon } = options
    const peers = options.peers?.(net) ?? { [MACHINE]: { host: net.onions.plain.hostname } }
    home.writeInventory({
      networks: { tor: { technology: 'tor', priority: 10, peers }, ...networks },
    })
    home.writeConfig({
      networks: { tor: tor?.(net) ?? {} },
      daemons: { tor: { torrc, linger: 1, ...daemon } },
    })
    return new TorHome(home, net)
  }

  /** OpenSSH with the ready snippet for that way. */
  ssh(mode: 'relay' | 'fdpass', lines: readonly string[] = []): SshClient {
    const sshd: Sshd = { ...this.net.sshd, log: () => '', stop: () => {} }
    return new SshClient({ home: this.home, sshd, include: SNIPPETS[mode], lines })
  }

  /**
   * What the keeper says of itself; null when there is none. One that lives and says nothing is
   * asked again: it was held up, or we were.
   */
  async status(): Promise<KeeperStatus | null> {
    for (;;) {
      const status = await askStatus(this.runtime)
      if (status !== null || this.keepers().length === 0) return status
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }

  /** Resolves when tor is so many seconds older; rejects when it ends before. */
  async outlives(seconds: number): Promise<void> {
    const first = await this.status()
    for (let status = first; ; status = await this.status()) {
      if (status === null || status.daemon !== first?.daemon) throw new Error('tor has ended')
      if (status.age >= first.age + seconds) return
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }

  /** Writes a public var, `tor_tor/hostname`, into the clan that the inventory's folder is. */
  writeVar(machine: string, value: string): void {
    const folder = `config/byway/vars/per-machine/${machine}/tor_tor/hostname`
    mkdirSync(join(this.home.folder, folder), { recursive: true })
    this.home.writeFile(join(folder, 'value'), value)
  }

  /** Every process that was started in this home, by whomever. */
  processes(): ProcessEntry[] {
    return findByEnvironment(`BYWAY_TEST_HOME=${this.home.folder}`)
  }

  /** byway's own tors. */
  tors(): ProcessEntry[] {
    return this.processes().filter(({ command }) => / -f \S+\/torrc\b/.test(command))
  }

  keepers(): ProcessEntry[] {
    return this.processes().filter(({ command }) => command.endsWith(' keep'))
  }

  /** What is in the folder of sockets and claims. */
  leftovers(): string[] {
    return existsSync(this.runtime) ? readdirSync(this.runtime).sort() : []
  }

  /**
   * Waits until no process of this home is left, and nothing in its runtime folder but one claim.
   * The milliseconds that it took.
   */
  async leavesNothing(limit = 10_000): Promise<number> {
    const names = () => this.processes().map(({ command }) => command)
    const ms = await until('no process is left', () => names().length === 0, limit).catch(
      (cause) => {
        throw new Error(`left: ${names().join(', ')}`, { cause })
      },
    )
    const left = this.leftovers()
    if (left.length > 1 || !/^(claim\.\d+)?$/.test(left.join())) throw new Error(`left: ${left}`)
    return ms
  }
}

/** What byway's own tor answers to a command on its control socket. */
export async function askControl(stage: TorHome, command: string): Promise<string> {
  const run = join(stage.runtime, stage.leftovers().find((name) => name.startsWith('run.')) ?? '')
  const cookie = readFileSync(join(run, 'cookie')).toString('hex')
  const socket = connect({ path: join(run, 'control') })
  socket.write(`AUTHENTICATE ${cookie}\r\n${command}\r\nQUIT\r\n`)
  let answer = ''
  for await (const bytes of socket) answer += String(bytes)
  return answer
}

/** byway takes a tor that somebody runs on the usual ports, and then starts none. */
async function requireNoTor(): Promise<void> {
  for (const port of [9050, 9150]) {
    if (await accepts(port)) throw new Error(`these tests need 127.0.0.1:${port} to be nobody's`)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
