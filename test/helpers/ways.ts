import { ARTEFACTS, type Artefact, EXECUTABLE, Home } from './byway.ts'
import { type DynamicForward, startDynamicForward } from './dynamic-forward.ts'
import { MACHINE, SNIPPETS, SshClient } from './ssh-client.ts'
import { type Sshd, type SshdOptions, startSshd } from './sshd.ts'
import { until } from './until.ts'

/** One cell of the matrix that every transfer has to pass in. */
export interface Way {
  /** `direct, fd-passed, dist/byway`: for the names of tests */
  readonly name: string
  readonly network: 'direct' | 'socks' | 'command'
  readonly mode: 'relay' | 'fdpass'
  readonly artefact: Artefact
}

/** Every network with every mode and both artefacts. */
export const WAYS: readonly Way[] = ARTEFACTS.flatMap((artefact) =>
  (['direct', 'socks'] as const).flatMap((network) =>
    (['relay', 'fdpass'] as const).map((mode) => {
      const verb = { relay: 'relayed', fdpass: 'fd-passed' }[mode]
      return { name: `${network} ${verb}, ${artefact.name}`, network, mode, artefact }
    }),
  ),
)

/** Every way that ssh is given its stream by, once: for what the network does not matter to. */
export const HANDOVERS: readonly Way[] = (
  [
    { name: 'relayed', network: 'direct', mode: 'relay' },
    { name: 'fd-passed', network: 'direct', mode: 'fdpass' },
    // no socket that could be passed on: ssh gets one of a pair, and another byway relays at its end
    { name: 'fd-passed through a relay', network: 'command', mode: 'fdpass' },
  ] as const
).map((way) => ({ ...way, artefact: EXECUTABLE }))

/** A client that goes one way. */
export interface Traveller {
  readonly home: Home
  readonly ssh: SshClient
  /** Rejects unless every byway of this home is soon gone. */
  leavesNothing(): Promise<void>
}

/** An sshd, a proxy in front of it, and clients that go any way to it. */
export class Stage {
  readonly sshd: Sshd
  readonly proxy: DynamicForward

  private constructor(sshd: Sshd, proxy: DynamicForward) {
    this.sshd = sshd
    this.proxy = proxy
  }

  static async open(options: SshdOptions = {}): Promise<Stage> {
    const sshd = await startSshd(options)
    return new Stage(sshd, await startDynamicForward(sshd))
  }

  close(): void {
    this.proxy.stop()
    this.sshd.stop()
  }

  /** The machine by one network, as byway's own form has it. */
  inventory(network: Way['network']) {
    const { port } = this.sshd
    if (network === 'direct') return machineIn({ peer: { host: '127.0.0.1', port } })
    if (network === 'command') {
      return machineIn({
        command: ['socat', '-', 'TCP:{host}:{port}'],
        peer: { host: '127.0.0.1', port },
      })
    }
    const { address } = this.proxy
    // the proxy resolves the name
    return machineIn({ technology: 'socks', socks: address, peer: { host: 'localhost', port } })
  }

  /** A home of its own with the ready snippet for that way, and further variables if need be. */
  travel(
    { network, mode, artefact }: Omit<Way, 'name'>,
    more: Readonly<Record<string, string>> = {},
  ): Traveller {
    const home = new Home(artefact, more)
    home.writeConfig({ allowCommands: network === 'command' })
    home.writeInventory(this.inventory(network))
    const ssh = new SshClient({ home, sshd: this.sshd, include: SNIPPETS[mode] })
    return { home, ssh, leavesNothing: () => leavesNothing(home) }
  }
}

/** Has the inventory say that the machine is at another port of loopback. */
export function pointTo(home: Home, stage: Stage, { way, port }: { way: Way; port: number }): void {
  const inventory = JSON.stringify(stage.inventory(way.network))
  home.writeInventory(JSON.parse(inventory.replaceAll(String(stage.sshd.port), String(port))))
}

/** Rejects unless every byway of this home is soon gone, and what it has started. */
export async function leavesNothing(home: Home): Promise<void> {
  await until('no byway is left', () => home.liveByways().length === 0)
  await until('nothing is left', () => home.live().length === 0)
}

function machineIn({ peer, ...network }: Readonly<Record<string, unknown>>) {
  return { networks: { only: { ...network, peers: { [MACHINE]: peer } } } }
}
