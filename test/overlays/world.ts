import { symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Artefact, EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Host, type Lab, makeLab } from '../helpers/hosts.ts'
import { type Result, run } from '../helpers/program.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import type { Fabric } from './fabric.ts'

/** The hosts: the computer of a person, and two machines of the inventory. */
export const DESK = 'desk'
export const MACHINES = ['web01', 'web02'] as const
/** A machine of the inventory. */
export type MachineName = (typeof MACHINES)[number]

/** A network of the inventory, as byway's own form has it, without its peers. */
export interface Entry {
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  /** which machines are in it; both where it does not say */
  readonly machines?: readonly MachineName[]
  /** where a machine is in it */
  address(host: Host): string
}

/** How one ssh is run. */
export interface Login {
  readonly from: Home
  readonly to: MachineName
  readonly mode?: 'relay' | 'fdpass'
  /** only by this network */
  readonly network?: string
}

/** What became of an ssh: whether it worked, by which network, in how many milliseconds. */
export interface Landing {
  readonly status: number | null
  readonly network: string | null
  readonly ms: number
  readonly stderr: string
}

/** What `byway list --json` says of a network. */
export interface Listed {
  readonly name: string
  readonly state: string
  readonly detail: string
}

/** How often byway is asked for them, at most. */
const LISTS = 20

/** The hosts with an sshd on each machine, and one inventory for all of them. */
export class World {
  readonly lab: Lab
  readonly #sshds: ReadonlyMap<string, Sshd>
  #networks: Readonly<Record<string, unknown>> = {}
  #programs: readonly string[] = []

  private constructor(lab: Lab, sshds: ReadonlyMap<string, Sshd>) {
    this.lab = lab
    this.#sshds = sshds
  }

  /** Makes it, with more hosts where `more` names some. */
  static async open(more: readonly string[] = []): Promise<World> {
    const lab = await makeLab([DESK, ...MACHINES, ...more])
    const listen = ['0.0.0.0', '::']
    const sshds = await Promise.all(
      MACHINES.map((name) => startSshd({ inside: lab.host(name).inside, listen })),
    )
    const world = new World(lab, new Map(MACHINES.map((name, i) => [name, sshds[i] as Sshd])))
    for (const host of world.hosts) await world.#configureSsh(host)
    return world
  }

  /** All hosts, the desk first. */
  get hosts(): Host[] {
    return [DESK, ...MACHINES].map((name) => this.lab.host(name))
  }

  /** Says where both machines are, network by network, the one of highest priority first. */
  describe(entries: readonly Entry[]): void {
    const networks = entries.map(({ name, settings, machines = MACHINES, address }, i) => {
      const peers = machines.map((machine) => {
        const { port, user } = this.sshd(machine)
        return [machine, { host: address(this.lab.host(machine)), port, user }]
      })
      const priority = 1000 * (entries.length - i)
      return [name, { technology: name, priority, ...settings, peers: Object.fromEntries(peers) }]
    })
    this.#networks = Object.fromEntries(networks)
  }

  /** Has every home from now on these programs in its PATH. */
  provide(programs: readonly string[]): void {
    this.#programs = programs
  }

  sshd(machine: MachineName): Sshd {
    const sshd = this.#sshds.get(machine)
    if (sshd === undefined) throw new Error(`no sshd on ${machine}`)
    return sshd
  }

  /** A home with the inventory, and in its PATH what the scenario needs. */
  home(artefact: Artefact = EXECUTABLE): Home {
    const home = new Home(artefact)
    home.writeInventory({ networks: this.#networks })
    home.writeConfig({ allowCommands: true })
    for (const program of this.#programs) {
      symlinkSync(program, join(home.folder, 'bin', basename(program)))
    }
    return home
  }

  /** Logs in from a host, does nothing there, and leaves. */
  async login(host: Host, { to, ...how }: Login): Promise<Landing> {
    const argv = [...host.inside, 'ssh', ...this.sshOptions({ to, ...how }), to, 'true']
    const { status, stderr, ms } = await run(argv, { env: how.from.env })
    return { status, stderr, ms, network: /: by network "(\S+)"/.exec(stderr)?.[1] ?? null }
  }

  /** Copies a file to a machine; rejects when that fails. */
  rsync(host: Host, file: string, { to, ...how }: Login & { target: string }): Promise<Result> {
    const shell = ['ssh', ...this.sshOptions({ to, ...how })].map((word) => `'${word}'`).join(' ')
    const argv = [...host.inside, 'rsync', '--whole-file', '-e', shell, file]
    return run([...argv, `${to}:${how.target}`], { env: how.from.env })
  }

  /** Runs byway on a host. */
  byway(host: Host, home: Home, args: readonly string[]): Promise<Result> {
    return runByway(home, args, { inside: host.inside })
  }

  /**
   * What byway says of the networks on a host, asked again until it is so, or often enough: a list
   * gives a daemon 80 ms, which it may miss where other work runs.
   */
  async list(
    { host, home }: { readonly host: Host; readonly home: Home },
    isSo: (networks: readonly Listed[]) => boolean,
  ): Promise<readonly Listed[]> {
    for (let times = 1; ; times++) {
      const { stdout } = await this.byway(host, home, ['list', '--json'])
      const { networks }: { networks: readonly Listed[] } = JSON.parse(stdout.toString())
      if (times === LISTS || isSo(networks)) return networks
    }
  }

  sshOptions({ mode = 'relay', network }: Login): string[] {
    const only = network === undefined ? '' : ` -n ${network}`
    const relay = `ProxyCommand=byway connect -v${only} %n %p`
    const fdpass = `ProxyCommand=env NODE_CHANNEL_FD=1 byway connect -v --fdpass${only} %n %p`
    return [
      '-o',
      mode === 'relay' ? relay : fdpass,
      '-o',
      `ProxyUseFdpass=${yesIf(mode === 'fdpass')}`,
    ]
  }

  /** Has every ssh on a host know the machines, and log in to them. */
  async #configureSsh(host: Host): Promise<void> {
    const known = MACHINES.map((machine) => `${machine} ${this.sshd(machine).hostKeyLine}`)
    const file = join(makeFolder(), 'known_hosts')
    writeFileSync(file, known.join('\n').concat('\n'))
    const blocks = MACHINES.map((machine) => {
      const { user, clientKey } = this.sshd(machine)
      return `Host ${machine}\nHostKeyAlias ${machine}\nUser ${user}\nIdentityFile ${clientKey}\n`
    })
    const common = `Host *\nIdentitiesOnly yes\nUserKnownHostsFile ${file}\nBatchMode yes\n`
    const input = blocks.concat(common).join('')
    await host.run(['sh', '-c', 'umask 77; mkdir /root/.ssh; cat >/root/.ssh/config'], { input })
  }

  close(): void {
    this.lab.stop()
    for (const sshd of this.#sshds.values()) sshd.stop()
  }
}

/** The networks of fabrics, in this order. */
export function entriesOf(fabrics: readonly Fabric[]): Entry[] {
  return fabrics.map(({ name, address }) => ({ name, settings: {}, address }))
}

function yesIf(condition: boolean): string {
  return condition ? 'yes' : 'no'
}
