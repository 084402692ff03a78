import { readOutput } from './computer/programs.ts'
import type { Machine } from './core/types.ts'
import { keepsHostKeys, readAuthorities } from './host-keys.ts'
import { type KnownHostsCommandParts, makeKnownHostsCommand } from './ssh/known-hosts-command.ts'

/** Milliseconds in which ssh says what options it has. */
const PATIENCE = 2000

/** How ssh knows a machine again, whatever network it comes by. */
export interface Identity {
  /** its name in known_hosts (HostKeyAlias) */
  readonly alias: string
  /** the value of KnownHostsCommand; null: its clan has no host keys, or ssh is older than 8.5 */
  readonly knownHosts: string | null
}

/** What a clan has. */
interface Holdings {
  readonly keys: boolean
  readonly authority: boolean
}

/** The identities of many machines; each clan is looked at once. */
export class Identities {
  readonly #command: KnownHostsCommandParts
  readonly #holdings = new Map<string, Promise<Holdings>>()
  #known: Promise<boolean> | undefined

  /** `command`: what the KnownHostsCommand is made of. */
  constructor(command: KnownHostsCommandParts) {
    this.#command = command
  }

  /** Throws USAGE for a path that cannot be written in ssh's configuration. */
  async of({ name, clan, domain = null }: Machine): Promise<Identity> {
    if (clan === null) return { alias: name, knownHosts: null }
    const { keys, authority } = await this.#holdingsOf(clan)
    // the certificates that a clan's authority signs are for names with a domain
    const alias = authority && domain !== null ? `${name}.${domain}` : name
    if (!keys || !(await this.#isKnown())) return { alias, knownHosts: null }
    return { alias, knownHosts: makeKnownHostsCommand(this.#command) }
  }

  #holdingsOf(clan: string): Promise<Holdings> {
    const known = this.#holdings.get(clan) ?? lookAt(clan)
    this.#holdings.set(clan, known)
    return known
  }

  #isKnown(): Promise<boolean> {
    this.#known ??= sshHasOption('KnownHostsCommand=none')
    return this.#known
  }
}

/** The same as options for ssh, each `Keyword=value`. */
export function identityOptions({ alias, knownHosts }: Identity): string[] {
  const command = knownHosts === null ? [] : [`KnownHostsCommand=${knownHosts}`]
  return [`HostKeyAlias=${alias}`, 'CheckHostIP=no', ...command]
}

async function lookAt(clan: string): Promise<Holdings> {
  const authorities = await readAuthorities(clan).catch(() => [])
  return { keys: await keepsHostKeys(clan), authority: authorities.length > 0 }
}

/** An option that ssh does not know ends it, and with it every login: it is asked first. */
async function sshHasOption(option: string): Promise<boolean> {
  const words = ['ssh', '-F', 'none', '-G', '-o', option, 'localhost'] as const
  return (await readOutput([...words], AbortSignal.timeout(PATIENCE))) !== null
}
