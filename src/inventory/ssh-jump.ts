import type { Host, Peer } from '../core/types.ts'
import type { ReadHost } from './shapes/host.ts'
import { argumentOf, isPlaceholder, readSshOptions, type SshOption } from './ssh-options.ts'

/** Options for ssh, the jump hosts among them told apart. */
export interface SplitOptions {
  /** the first one first; null: the options name none */
  readonly jump: readonly string[] | null
  /** the other options, as they are written */
  readonly rest: readonly string[]
}

/**
 * Takes the jump hosts out of options for ssh (`-J a,b`, `-oProxyJump=a,b`), where the first one
 * counts as in ssh, and `none` is none. Clan's literal `-J x` is left in, and stands for nothing.
 */
export function splitJump(words: readonly string[]): SplitOptions {
  const options = readSshOptions(words)
  const values = options.map((option) => ('flag' in option ? jumpValueOf(option) : null))
  const first = values.find((value) => value !== null)
  if (first === undefined || first === null) return { jump: null, rest: words }
  const rest = options.filter((_, i) => values[i] === null).flatMap((option) => option.words)
  const jump = first.toLowerCase() === 'none' ? null : first.split(',')
  return { jump, rest }
}

/** The host as one that is reached through these jump hosts; another technology of its own stays. */
export function goThrough(host: Host, jump: readonly string[] | null): Host {
  if (jump === null || host.technology !== undefined) return host
  return { ...host, technology: 'jump', jump }
}

/**
 * The peer with these hosts, and with the options that came with them. Jump hosts among the options
 * are where the way of a host goes: of that host alone, or of all.
 */
export function gatherPeer(
  readings: readonly ReadHost[],
  { sshOptions, ...rest }: Omit<Peer, 'hosts'>,
): Peer {
  const own = splitJump(sshOptions)
  const hosts = readings.map(({ host, sshOptions: words }) => {
    const { jump, rest: others } = splitJump(words)
    return { host: goThrough(host, jump ?? own.jump), others }
  })
  return {
    ...rest,
    hosts: hosts.map(({ host }) => host),
    sshOptions: [...own.rest, ...hosts.flatMap(({ others }) => others)],
  }
}

function jumpValueOf(option: SshOption): string | null {
  if (isPlaceholder(option)) return null
  if (option.flag === 'J') return option.value
  return option.keyword === 'proxyjump' ? argumentOf(option) : null
}
