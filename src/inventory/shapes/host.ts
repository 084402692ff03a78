import { isIPv6 } from 'node:net'
import { parsePort } from '../../core/host-port.ts'
import { readHop } from '../../core/jumps.ts'
import { isOnionName } from '../../core/onion.ts'
import type { Host } from '../../core/types.ts'

/** A host that could be read. */
export interface ReadHost {
  readonly host: Host
  /** what its `?Option=value` adds to the peer's options */
  readonly sshOptions: readonly string[]
}

/** A host that could not: what was expected instead. */
export interface HostProblem {
  readonly problem: string
}

const LONGEST = 2048
/** What ssh itself refuses in a host or user that came from elsewhere, and path separators. */
const UNSAFE = /[\s\p{Cc}\p{Cf}'`"$\\;&<>|(){},/?#]/u
/** A name or an address in brackets, and a port where there is one. */
const PLACE = /^(?:\[(.*)\]|([^:[\]]*))(?::([^:]*))?$/s
const EXPECTED_HOST = 'an address, a name or user@host:port'
const EXPECTED_PORT = 'a port from 1 to 65535'

/**
 * Reads a plain host as inventories have it: an address or a name, trimmed, with or without the
 * parts of an ssh URI (`ssh://user@host:port?Option=value`), IPv6 with or without brackets. The
 * host in the result is always a piece of the text itself. Null: there is nothing in it.
 */
export function readPlainHost(text: string): ReadHost | HostProblem | null {
  const trimmed = text.trim().replace(/^ssh:\/\//i, '')
  if (trimmed === '') return null
  if (trimmed.length > LONGEST) return { problem: `a host of at most ${LONGEST} characters` }
  const [address = '', query = ''] = splitAt(trimmed, trimmed.indexOf('?'))
  const [user, place] = splitUser(address.replace(/\/$/, ''))
  if (user !== undefined && !isUser(user)) return { problem: 'a user that ssh would take' }
  const split = splitPlace(place)
  if ('problem' in split) return split
  const options = readQuery(query)
  if ('problem' in options) return options
  return { host: makeHost(split, user), sshOptions: options.sshOptions }
}

/** True for a user name that ssh would take from a command line: no flag, no shell's characters. */
export function isUser(text: string): boolean {
  return /^[^-:]/.test(text) && text.length <= 255 && !text.includes(':') && !UNSAFE.test(text)
}

/** True for an IP address, without brackets, or a name that ssh would take from a command line. */
export function isAddress(text: string): boolean {
  return isIPv6(text) || isHostName(text)
}

/** True for jump hosts: `[user@]host[:port]`, several with commas. */
export function isJumpList(text: string): boolean {
  return text.split(',').every((word) => {
    const hop = readHop(word)
    return hop !== null && isAddress(hop.host) && (hop.user === null || isUser(hop.user))
  })
}

interface Place {
  readonly host: string
  readonly port: number | undefined
}

function makeHost({ host, port }: Place, user: string | undefined): Host {
  return {
    at: { plain: host },
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(isOnionName(host) ? { technology: 'tor' } : {}),
  }
}

function splitAt(text: string, index: number): string[] {
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

function splitUser(address: string): [string | undefined, string] {
  const at = address.lastIndexOf('@')
  return at === -1 ? [undefined, address] : [address.slice(0, at), address.slice(at + 1)]
}

function splitPlace(place: string): Place | HostProblem {
  if (isIPv6(place)) return { host: place, port: undefined }
  const [, bracketed, name = '', digits] = PLACE.exec(place) ?? []
  const port = digits === undefined ? null : parsePort(digits)
  if (digits !== undefined && port === null) return { problem: EXPECTED_PORT }
  const sound = bracketed === undefined ? isHostName(name) : isIPv6(bracketed)
  if (!sound) return { problem: EXPECTED_HOST }
  const host = bracketed ?? name
  return { host: isOnionName(host) ? withoutFinalDot(host) : host, port: port ?? undefined }
}

/** A final dot says "absolute" to DNS; to tor the name is another one. */
function withoutFinalDot(name: string): string {
  return name.replace(/[.\u3002\uff0e\uff61]+$/, '')
}

function isHostName(text: string): boolean {
  return text !== '' && !text.startsWith('-') && !UNSAFE.test(text)
}

function readQuery(query: string): { sshOptions: string[] } | HostProblem {
  const pairs = query.split('&').filter((pair) => pair !== '')
  const sound = pairs.every((pair) => /^[A-Za-z][A-Za-z0-9]*=\P{Cc}+$/u.test(pair))
  if (!sound) return { problem: 'options as ?Option=value' }
  return { sshOptions: pairs.map((pair) => `-o${pair}`) }
}
