import { z } from 'zod'
import type { Readiness } from '../core/daemon.ts'
import { splitHostPort } from '../core/host-port.ts'
import { technologyNames } from '../core/technologies.ts'
import type { DaemonEntry, Location, NetworkEntry, Peer } from '../core/types.ts'
import { needsNoHost, technologyOfEntry } from './network.ts'
import { ALLOW_COMMANDS, peer, type Rules, reference } from './peer-schema.ts'
import { closed, dropUndefined, mapOf, nameKnown, numberWithin, refuse, text } from './schema.ts'
import { isAddress, isJumpList } from './shapes/host.ts'

const SOCKS = '"host:port", "socks5h://user:password@host:port" or "unix:/path"'
/** A scheme, user and password, and the place that `splitHostPort` reads; or a socket's path. */
const SOCKS_FORM = /^(?:unix:\/\P{Cc}+|(?:socks5h?:\/\/)?(?:[^\s/]*@)?([^\s/@]+)\/?)$/u
const IN_FOLDER = /^unix:\{folder\}\/\P{Cc}+$/u
const HTTP = '"http://host:port" or "https://host:port", with "user:password@" before the host'
/** A scheme, user and password, and the place that `splitHostPort` reads. */
const HTTP_FORM = /^https?:\/\/(?:[^\s/?#]*@)?([^\s/?#@]+)\/?$/
const JUMP = 'a machine or [user@]host[:port], several with commas'
const PATTERN = 'a regular expression'
const KEY_FILE = 'the absolute path of a file'
const COMMAND = 'a program and its arguments, as a list of texts'
const ARGUMENT = 'an argument'
const ARGUMENTS = 'a list of arguments'
const HOSTLESS = { expected: '"host" or "hosts"', found: 'a peer without a host' }
const PROGRAM = {
  expected: 'none in an inventory',
  found: 'a program to run',
  hint: ALLOW_COMMANDS,
}

/** A SOCKS5 proxy, as `NetworkSettings.socks` has it. */
export const socks = z.string({ error: () => SOCKS }).refine(isSocks, { error: () => SOCKS })

/** An HTTP proxy, as `NetworkSettings.http` has it. */
const http = z.string({ error: () => HTTP }).refine(isHttp, { error: () => HTTP })

/** Jump hosts, as `NetworkSettings.jump` has them. */
const jump = z.string({ error: () => JUMP }).refine(isJumpList, { error: () => JUMP })

/** A program and its arguments. */
export const command = z
  .array(text(COMMAND), { error: () => COMMAND })
  .min(1, { error: () => COMMAND })

/** Where a key, or what holds one, is. */
const keyPlace = closed({
  var: reference.optional(),
  file: text(KEY_FILE)
    .startsWith('/', { error: () => KEY_FILE })
    .optional(),
}).transform((value, issues): Location => {
  if (value.var !== undefined && value.file === undefined) return { var: value.var }
  if (value.var === undefined && value.file !== undefined) return { file: value.file }
  refuse(issues, [], 'one of "var" and "file"')
  return z.NEVER
})

/** By machine, where the x25519 key is that its onion service wants. */
const onionAuth = mapOf(keyPlace).transform((map) => Object.fromEntries(map))

/** Seconds until a route is given up. */
export const timeout = numberWithin(0.1, 3600, ' (seconds)')

const technology = z.unknown().transform((value, issues): string => {
  const names = technologyNames()
  const known = typeof value === 'string' && names.includes(value)
  if (!known) refuse(issues, [], nameKnown(String(value), names))
  return String(value)
})

const ready = closed({
  socks: z.literal(true, { error: () => 'true' }).optional(),
  log: text(PATTERN)
    .refine(isPattern, { error: () => PATTERN })
    .optional(),
  file: text('a path').optional(),
}).transform((value, issues): Readiness => {
  const given = Object.values(value).filter((member) => member !== undefined)
  if (given.length !== 1) refuse(issues, [], 'one of "socks", "log" and "file"')
  return value as Readiness
})
const env = mapOf(z.string({ error: () => 'a text' })).transform((map) => Object.fromEntries(map))

/** Where a daemon listens: what a network's "socks" says, or a socket in the folder of its run. */
const daemonSocks = z
  .string({ error: () => SOCKS })
  .refine((value) => isSocks(value) || IN_FOLDER.test(value), { error: () => SOCKS })

/** A daemon as the configuration has it. */
export const daemon: z.ZodType<DaemonEntry> = closed({
  binary: text('a program').optional(),
  torrc: text('a path').optional(),
  linger: numberWithin(0, 86400, ' (seconds)').optional(),
  config: keyPlace.optional(),
  key: keyPlace.optional(),
  args: z.array(text(ARGUMENT), { error: () => ARGUMENTS }).optional(),
  namespace: z.boolean({ error: () => 'true or false' }).optional(),
  command: command.optional(),
  ready: ready.optional(),
  socks: daemonSocks.optional(),
  env: env.optional(),
}).transform((value): DaemonEntry => dropUndefined(value))

/** A network as people write it, in an inventory or in the configuration. */
export function networkEntry(rules: Rules): z.ZodType<NetworkEntry> {
  const shape = {
    priority: z.number({ error: () => 'a number' }).optional(),
    technology: technology.optional(),
    enabled: z.boolean({ error: () => 'true or false' }).optional(),
    socks: socks.optional(),
    http: http.optional(),
    jump: jump.optional(),
    command: (rules.allowCommands ? command : refused<string[]>()).optional(),
    daemon: (rules.allowCommands ? daemon : refused<DaemonEntry>()).optional(),
    timeout: timeout.optional(),
    onionAuth: onionAuth.optional(),
    peers: mapOf(peer(rules)).optional(),
  }
  return closed(shape).transform((value, issues): NetworkEntry => {
    const { priority, technology, enabled, peers = new Map<string, Peer>(), ...rest } = value
    const given = dropUndefined({ priority, technology, enabled })
    const entry = { ...given, settings: dropUndefined(rest), peers }
    for (const [machine, { hosts }] of peers) {
      if (hosts.length > 0 || needsNoHost(technologyOfEntry(entry))) continue
      refuse(issues, ['peers', machine], HOSTLESS)
    }
    return entry
  })
}

function refused<T>(): z.ZodType<T> {
  return z.unknown().transform((_value, issues): T => {
    refuse(issues, [], PROGRAM)
    return z.NEVER
  })
}

function isSocks(value: string): boolean {
  const match = value.length > 2048 ? null : SOCKS_FORM.exec(value)
  if (match === null || value.startsWith('unix:')) return match !== null
  const place = splitHostPort(match[1] ?? '')
  return place !== null && isAddress(place.host)
}

function isHttp(value: string): boolean {
  const match = value.length > 2048 ? null : HTTP_FORM.exec(value)
  const place = match === null ? null : splitHostPort(match[1] ?? '')
  return place !== null && isAddress(place.host) && URL.canParse(value)
}

function isPattern(value: string): boolean {
  try {
    new RegExp(value, 'u')
    return true
  } catch {
    return false
  }
}
