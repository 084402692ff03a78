import { BywayError } from '../../core/errors.ts'
import { maskPrefix } from '../../core/ip.ts'

/** A line of a wg-quick(8) file that is `key = value`, by its section. */
interface Setting {
  readonly key: string
  readonly value: string
}

/** A configuration as wg-quick(8) reads it, taken apart. */
export interface WireguardConfig {
  readonly privateKey: string
  /** with prefixes */
  readonly addresses: readonly string[]
  /** null: the usual one */
  readonly mtu: string | null
  /** prefixes that the peers have, each once, without the host bits that people leave in them */
  readonly allowed: readonly string[]
  /** what wg(8) itself understands, `setconf` */
  readonly stripped: string
}

/** Keys of [Interface] that wg(8) takes; the private key is added. */
const OWN = ['listenport', 'fwmark']

/**
 * Takes a wg-quick file apart. `key` is the private key where the file has none. Its hooks (PostUp …)
 * are not run, and its DNS is not used. Throws CONFIG, without the text.
 */
export function readWireguardConfig(text: string, key: string | null): WireguardConfig {
  const [head, ...peers] = sectionsOf(text)
  const own = head?.settings ?? []
  const privateKey = valuesOf(own, 'privatekey')[0] ?? key?.trim() ?? ''
  if (!/^[A-Za-z0-9+/]{43}=$/.test(privateKey)) throw wrong('it has no PrivateKey')
  const addresses = valuesOf(own, 'address')
  if (addresses.length === 0) throw wrong('it has no Address')
  const prefixes = peers.flatMap(({ settings }) => valuesOf(settings, 'allowedips'))
  const allowed = [...new Set(prefixes.map(readPrefix))]
  const kept = own.filter((setting) => OWN.includes(setting.key.toLowerCase()))
  const lines = [
    '[Interface]',
    `PrivateKey = ${privateKey}`,
    ...kept.map(writeSetting),
    ...peers.flatMap(({ settings }) => ['[Peer]', ...settings.map(writeSetting)]),
  ]
  addresses.forEach(readPrefix)
  const mtu = valuesOf(own, 'mtu').find((value) => /^\d+$/.test(value)) ?? null
  return { privateKey, addresses, mtu, allowed, stripped: `${lines.join('\n')}\n` }
}

interface Section {
  readonly settings: readonly Setting[]
}

/** [Interface] first, then each [Peer]. */
function sectionsOf(text: string): Section[] {
  const sections: { name: string; settings: Setting[] }[] = []
  for (const line of text.split('\n').map((whole) => whole.replace(/#.*$/, '').trim())) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1]?.toLowerCase()
    if (name !== undefined) sections.push({ name, settings: [] })
    const [, key, value] = /^(\w+)\s*=\s*(.+)$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) sections.at(-1)?.settings.push({ key, value })
  }
  const named = (wanted: string) => sections.filter(({ name }) => name === wanted)
  if (named('interface').length !== 1) throw wrong('it has not one [Interface]')
  return [...named('interface'), ...named('peer')]
}

function valuesOf(settings: readonly Setting[], wanted: string): string[] {
  return settings
    .filter(({ key }) => key.toLowerCase() === wanted)
    .flatMap(({ value }) => value.split(',').map((word) => word.trim()))
    .filter((word) => word !== '')
}

function writeSetting({ key, value }: Setting): string {
  return `${key} = ${value}`
}

/** They become words of a shell's. */
function readPrefix(word: string): string {
  const prefix = /^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/.test(word) ? maskPrefix(word) : null
  if (prefix === null) throw wrong('an Address or AllowedIPs is none')
  return prefix
}

function wrong(what: string): BywayError {
  return new BywayError('CONFIG', `the configuration of WireGuard: ${what}`, {
    hint: '"config" is a file as wg-quick(8) reads it; its PrivateKey may be "key" instead',
  })
}
