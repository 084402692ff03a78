import { parseArgs } from 'node:util'
import type { ConnectRequest } from './connect.ts'
import { BywayError } from './core/errors.ts'
import { parsePort } from './core/host-port.ts'
import { SSH_PORT } from './core/resolve.ts'

/** A flag, as both `node:util` parseArgs and yargs are told of it. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** what stands for a string in the manual: `file`, `network`; completion goes by it, too */
  readonly value?: string
  readonly describe: string
}

/** Flags that every command takes. */
export const GLOBAL_FLAGS = {
  inventory: { type: 'string', value: 'file', describe: 'the inventory file' },
  flake: {
    type: 'string',
    value: 'flake',
    describe: "the clan's flake: a directory or a reference",
  },
  config: { type: 'string', value: 'file', describe: 'the configuration file' },
  verbose: { type: 'boolean', short: 'v', multiple: true, describe: 'say more; -vv says all' },
} as const satisfies Record<string, Flag>

/** Flags of `byway connect`. */
export const CONNECT_FLAGS = {
  network: {
    type: 'string',
    short: 'n',
    multiple: true,
    value: 'network',
    describe: 'only this network; repeatable',
  },
  fdpass: { type: 'boolean', describe: 'hand the connected socket to ssh (ProxyUseFdpass yes)' },
  timeout: { type: 'string', value: 'seconds', describe: 'seconds for finding a route' },
} as const satisfies Record<string, Flag>

/** Flags by which one byway starts another; in no help. */
const INTERNAL_FLAGS = {
  'tell-up': { type: 'boolean', describe: 'tell on descriptor 3 what comes of it' },
} as const satisfies Record<string, Flag>

/** The global flags of one command line. */
export interface GlobalFlags {
  readonly inventory?: string | undefined
  readonly flake?: string | undefined
  readonly config?: string | undefined
  /** how often `-v` was given */
  readonly verbosity: number
}

/** A `connect` command line, understood. */
export interface ConnectLine {
  readonly flags: GlobalFlags
  readonly request: ConnectRequest
}

/**
 * The short way of the hot path: reads `connect` and its few flags without yargs. Null when the
 * line is anything else, or wrong, or asks for help: then the command line interface has the say.
 * Throws USAGE for a port or number that is none.
 */
export function parseConnectLine(argv: readonly string[]): ConnectLine | null {
  const [command, ...args] = argv
  if (command !== 'connect') return null
  const parsed = tryParse(args, { ...CONNECT_FLAGS, ...INTERNAL_FLAGS })
  if (parsed === null) return null
  const { values, positionals } = parsed
  const [machine, port, ...more] = positionals
  if (machine === undefined || more.length > 0) return null
  const { network, fdpass, timeout, verbose, 'tell-up': tellUp, ...sources } = values
  return {
    flags: { ...sources, verbosity: verbose?.length ?? 0 },
    request: { ...makeRequest({ machine, port, network, fdpass, timeout }), tellUp },
  }
}

/** A line of a command that takes no flags of its own, understood. */
export interface ShortLine {
  readonly flags: GlobalFlags
  readonly words: readonly string[]
}

/** The short way of a command that has one word and no flags of its own: null as above. */
export function parseShortLine([, ...args]: readonly string[]): ShortLine | null {
  const parsed = tryParse(args, {})
  if (parsed === null || parsed.positionals.length !== 1) return null
  const { verbose, ...sources } = parsed.values
  return { flags: { ...sources, verbosity: verbose?.length ?? 0 }, words: parsed.positionals }
}

/** Checks what either parser found. Throws USAGE. */
export function makeRequest(found: {
  machine: string
  port?: string | undefined
  network?: readonly string[] | undefined
  fdpass?: boolean | undefined
  timeout?: string | undefined
}): ConnectRequest {
  return {
    machine: found.machine,
    port: found.port === undefined ? SSH_PORT : requirePort(found.port),
    networks: found.network ?? [],
    fdpass: found.fdpass ?? false,
    timeout: found.timeout === undefined ? undefined : requireSeconds(found.timeout),
  }
}

/** A TCP port. Throws USAGE. */
export function requirePort(text: string): number {
  const port = parsePort(text)
  if (port !== null) return port
  throw new BywayError('USAGE', `port "${text}": expected a number from 1 to 65535`)
}

/** A time in seconds, up to a day. Throws USAGE. */
export function requireSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= 86_400) return seconds
  throw new BywayError(
    'USAGE',
    `--timeout "${text}": expected seconds, more than 0 and at most 86400`,
  )
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]

function tryParse<T extends Readonly<Record<string, Flag>>>(args: readonly string[], own: T) {
  try {
    const options = { ...GLOBAL_FLAGS, ...own }
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true })
    // of "-v-x" it makes "-v", "--" and the word "-x"
    const sound = parsed.positionals.every((word) => args.includes(word))
    return sound && isPlain(parsed.tokens) ? parsed : null
  } catch {
    return null
  }
}

/** False when a flag that may stand once stands twice, or has an empty value. */
function isPlain(tokens: readonly Token[]): boolean {
  const flags = tokens.filter((token) => token.kind === 'option')
  const single = flags.filter(({ name }) => !['network', 'verbose'].includes(name))
  const names = new Set(single.map(({ name }) => name))
  return names.size === single.length && flags.every(({ value }) => value !== '')
}
