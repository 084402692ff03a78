import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from './cleanup.ts'
import { mustRun } from './program.ts'

/** A host of a peer as Clan exports it: an address, or a var. */
export type ToyHost = { readonly plain: string } | { readonly var: ToyVar }

/** A var's name. */
export interface ToyVar {
  readonly machine: string
  readonly generator: string
  readonly file: string
}

/** One machine of a toy clan, in its network `public`. */
export interface ToyMachine {
  readonly hosts: readonly ToyHost[]
  readonly port: number
}

/** What a toy clan's flake says. Every key may be missing. */
export interface ToyFlake {
  /** of the network `public` */
  readonly priority?: number
  readonly machines?: Readonly<Record<string, ToyMachine>>
  /** further exports, in Nix's language: `"service:instance:role:machine" = …;` */
  readonly nix?: string
  readonly domain?: string
  /** `deploy.targetHost` by machine */
  readonly targetHosts?: Readonly<Record<string, string>>
  /** `settings.jumphosts` of the network `public`, by machine */
  readonly jumpHosts?: Readonly<Record<string, readonly string[]>>
  readonly relativeDirectory?: string
}

/** Exports that cannot be evaluated, each in its own way; a reader has to do without them. */
export const BROKEN_EXPORTS = `
  "clan-core/tor:thrown:server:lapwing" = throw "this one throws";
  "clan-core/zerotier:function:peer:lapwing" = { peer = x: x; networking = null; };
  "clan-core/mycelium:unreadable:peer:lapwing" = {
    peer.hosts = [ { plain = builtins.readFile ./vars/not-generated/value; } ];
  };
  "clan-core/yggdrasil:missing:peer:lapwing" = { peer = { }.missing; };
`

/** A clan's flake without inputs, under git, in a folder of its own: real Nix evaluates it. */
export class ToyClan {
  /** absolute */
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Makes the repository and commits the flake. */
  static async make(flake: ToyFlake): Promise<ToyClan> {
    const clan = new ToyClan(makeFolder())
    clan.write(flake)
    await clan.git(['init', '--quiet', '--initial-branch=main'])
    await clan.commit()
    return clan
  }

  /** Writes flake.nix; it is not committed. */
  write(flake: ToyFlake): void {
    this.put('flake.nix', makeFlake(flake))
  }

  /** Writes any file below the folder. */
  put(name: string, content: string | Uint8Array): void {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }

  async commit(): Promise<void> {
    await this.git(['add', '--all'])
    await this.git(['commit', '--quiet', '--allow-empty', '--message', 'toy'])
  }

  async git(words: readonly string[]): Promise<void> {
    const who = ['-c', 'user.name=toy', '-c', 'user.email=toy@example.net']
    const env = { HOME: '/nonexistent', PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' }
    await mustRun(['git', '-C', this.folder, ...who, ...words], { env })
  }
}

/** The var that the machines of the tests have, by which they are reached. */
export function addressOf(machine: string): ToyVar {
  return { machine, generator: 'toy_address', file: 'ip' }
}

/** As Clan exports it since November 2025: see the fixture b1-current-nix-eval.json. */
function makeExports({ machines = {}, priority = 2000 }: ToyFlake): Record<string, unknown> {
  const network = { module: 'clan_lib.network.direct', priority }
  const peers = Object.entries(machines).map(([name, { hosts, port }]) => [
    `clan-core/internet:public:default:${name}`,
    { networking: null, peer: { SSHOptions: [], hosts, name: 'peer', port, user: null } },
  ])
  return {
    'clan-core/internet:public::': { networking: network, peer: null },
    'clan-core/users:admin::': { networking: null, peer: null },
    ...Object.fromEntries(peers),
  }
}

/** Settings are a module in Clan: what a user sets is among its imports. */
function makeInventory({ domain, targetHosts = {}, jumpHosts = {} }: ToyFlake) {
  const machines = Object.entries(targetHosts).map(([name, targetHost]) => [
    name,
    { deploy: { targetHost } },
  ])
  const settings = Object.entries(jumpHosts).map(([name, jumphosts]) => [
    name,
    { settings: { imports: [{ jumphosts }] } },
  ])
  return {
    meta: domain === undefined ? { name: 'toy' } : { name: 'toy', domain },
    machines: Object.fromEntries(machines),
    instances: { public: { roles: { default: { machines: Object.fromEntries(settings) } } } },
  }
}

function makeFlake(flake: ToyFlake): string {
  const { nix = '', relativeDirectory = '' } = flake
  return `{
  outputs = { self }: {
    clan = {
      exports = ${toNix(makeExports(flake))} // {${nix}};
      inventory = ${toNix(makeInventory(flake))};
      clanInternals.inventoryClass.relativeDirectory = "${relativeDirectory}";
    };
  };
}
`
}

function toNix(value: unknown): string {
  return `builtins.fromJSON ''\n${JSON.stringify(value, null, 2)}\n''`
}
