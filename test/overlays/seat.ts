import { cpSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { KeeperStatus } from '../../src/core/daemon.ts'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import type { Host } from '../helpers/hosts.ts'
import { findByEnvironment, type ProcessEntry } from '../helpers/proc.ts'
import { mustRun, type Result, type Running, run, start } from '../helpers/program.ts'
import type { Sshd } from '../helpers/sshd.ts'
import { until } from '../helpers/until.ts'
import type { FarSide } from './far-sides.ts'

/** Who byway is run as: an ordinary user. */
const NOBODY = 65534
/** Seconds that a daemon stays after its last user. */
const LINGER = 1
/** Milliseconds until something is given up. */
const PATIENCE = 30_000
/** The network and the machine of the inventory. */
export const NETWORK = 'vpn'
export const MACHINE = 'web01'

export type Mode = 'relay' | 'fdpass'

/** A computer of an ordinary user, whose own network knows nothing of the overlay. */
export class Seat {
  readonly home: Home
  readonly host: Host
  readonly #inside: readonly string[]
  readonly #sshd: Sshd
  readonly #secret: string

  private constructor(host: Host, home: Home, parts: { sshd: Sshd; far: FarSide }) {
    this.host = host
    this.home = home
    this.#sshd = parts.sshd
    this.#secret = parts.far.secret
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs']
    this.#inside = [...host.inside, 'setpriv', ...user, '--']
  }

  /** A home on that host, from which the machine is reached by the overlay alone. */
  static async make(
    host: Host,
    { sshd, far, programs = [] }: { sshd: Sshd; far: FarSide; programs?: readonly string[] },
  ): Promise<Seat> {
    const home = new Home(EXECUTABLE)
    const peer = { host: far.address, port: sshd.port, user: sshd.user }
    const network = { technology: far.technology, peers: { [MACHINE]: peer } }
    home.writeInventory({ networks: { [NETWORK]: network } })
    const daemon = { linger: LINGER, ...far.daemon(home.folder) }
    home.writeConfig({ networks: { [NETWORK]: { daemon } } })
    cpSync(far.folder, home.folder, { recursive: true })
    home.writeFile('id', readFileSync(sshd.clientKey))
    home.writeFile('known_hosts', `${MACHINE} ${sshd.hostKeyLine}\n`)
    // the project's own folder may be closed to other users
    rmSync(join(home.folder, 'bin/byway'))
    for (const program of [EXECUTABLE.file, ...programs]) {
      cpSync(program, join(home.folder, 'bin', basename(program)))
    }
    await mustRun(['chown', '-R', `${NOBODY}:${NOBODY}`, home.folder])
    return new Seat(host, home, { sshd, far })
  }

  byway(args: readonly string[]): Promise<Result> {
    return run([...this.#inside, 'byway', ...args], { env: this.home.env })
  }

  ssh(mode: Mode, args: readonly string[], limit = 120_000): Promise<Result> {
    const env = this.home.env
    return run([...this.#inside, ...this.#words(mode), MACHINE, ...args], { env, limit })
  }

  startSsh(mode: Mode, args: readonly string[]): Running {
    return start([...this.#inside, ...this.#words(mode), MACHINE, ...args], { env: this.home.env })
  }

  rsync(mode: Mode, from: string, to: string): Promise<Result> {
    const shell = this.#words(mode)
      .map((word) => `'${word}'`)
      .join(' ')
    const argv = [...this.#inside, 'rsync', '--whole-file', '-e', shell, from, `${MACHINE}:${to}`]
    return run(argv, { env: this.home.env })
  }

  async daemons(): Promise<KeeperStatus[]> {
    const { stdout } = await this.byway(['daemon', 'list', '--json'])
    return JSON.parse(stdout.toString()).daemons
  }

  /** Asks for the daemon again and again until it is so. Rejects when that takes too long. */
  async untilDaemon(what: string, isSo: (daemon: KeeperStatus | undefined) => boolean) {
    const end = performance.now() + PATIENCE
    while (!isSo((await this.daemons())[0])) {
      if (performance.now() > end) throw new Error(`it never was so: ${what}`)
    }
  }

  /** Every process that was started in this home, by whomever. */
  processes(): ProcessEntry[] {
    return findByEnvironment(`BYWAY_TEST_HOME=${this.home.folder}`)
  }

  /** Routes, addresses and resolver of the host, and what is mounted there. */
  async looks(): Promise<string> {
    const script =
      'ip -o addr; ip route show table all; ip -6 route show table all; ip rule; ip -6 rule'
    const { stdout } = await this.host.run([
      ...['sh', '-c', `${script}; cat /etc/resolv.conf /proc/self/mounts`],
    ])
    return stdout.toString()
  }

  /** Networks that its processes are in, besides the host's. */
  networks(): string[] {
    const host = networkOf(String(this.host.pid))
    const all = this.processes().map(({ pid }) => networkOf(String(pid)))
    return [...new Set(all)].filter((one) => one !== '' && one !== host)
  }

  /** How many keepers there have been: each took one claim. */
  countKeepers(): number {
    const below = join(this.home.folder, 'run/byway')
    const folder = readdirSync(below).find((name) => name.startsWith('net.')) ?? ''
    const claims = readdirSync(join(below, folder)).filter((name) => name.startsWith('claim.'))
    return Math.max(...claims.map((name) => Number(name.split('.')[1])))
  }

  /** Waits until no process is left; then neither a namespace nor a key in the runtime folder is. */
  async leavesNothing(): Promise<void> {
    const names = () => this.processes().map(({ command }) => command)
    await until('no process is left', () => names().length === 0, PATIENCE).catch((cause) => {
      throw new Error(`left: ${names().join(', ')}`, { cause })
    })
    const found = await run(['grep', '-rlF', this.#secret, join(this.home.folder, 'run')])
    if (found.stdout.length > 0) throw new Error(`a key is left in ${found.stdout}`)
    const mounted = readFileSync('/proc/self/mounts', 'utf8').includes(this.home.folder)
    if (mounted) throw new Error('a mount is left')
  }

  #words(mode: Mode): string[] {
    const at = (name: string) => join(this.home.folder, name)
    const [how, env] = mode === 'fdpass' ? [' --fdpass', 'env NODE_CHANNEL_FD=1 '] : ['', '']
    return [
      ...['ssh', '-F', '/dev/null', '-l', this.#sshd.user, '-i', at('id')],
      ...['-o', `UserKnownHostsFile=${at('known_hosts')}`, '-o', 'BatchMode=yes'],
      ...['-o', `HostKeyAlias=${MACHINE}`, '-o', 'IdentitiesOnly=yes'],
      ...['-o', `ProxyUseFdpass=${mode === 'fdpass' ? 'yes' : 'no'}`],
      ...['-o', `ProxyCommand=${env}byway connect${how} ${MACHINE}`],
    ]
  }
}

/** The network namespaces that processes are in now. */
export function listNetworks(): Set<string> {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(networkOf)
  return new Set(found.filter((one) => one !== ''))
}

function networkOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return ''
  }
}
