import { z } from 'zod'
import type { Host, Peer } from '../core/types.ts'
import { describeHarm, harmOf } from './option-harm.ts'
import { checkPart, closed, type Issues, isObject, name, oneOrMore, refuse } from './schema.ts'
import { isUser, readPlainHost } from './shapes/host.ts'
import { gatherPeer } from './ssh-jump.ts'
import { readSshOptions } from './ssh-options.ts'

/** What a file may say, by who wrote it. */
export interface Rules {
  /** whether it may name programs that byway or ssh then runs, and open this computer to others */
  readonly allowCommands: boolean
}

/** A host as it is read: with the options of its `?Option=value`, or null where it is empty. */
export interface HostReading {
  readonly host: Host
  readonly sshOptions: readonly string[]
}

const HOST = 'an address, {"plain": …} or {"var": {machine, generator, file}}'
const HOST_TEXT = 'an address, a name or user@host:port'
const USER = 'a user that ssh would take'
const OPTIONS = 'a list of options for ssh'

/** What a person can do about a refused program. */
export const ALLOW_COMMANDS =
  'set "allowCommands": true in your own configuration if this inventory may run programs'

/** A TCP port. */
export const port = z.unknown().transform((value, issues): number => {
  const sound = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535
  if (!sound) refuse(issues, [], 'a port from 1 to 65535')
  return Number(value)
})

/** A user's name that ssh takes from a command line. */
export const user = z.string({ error: () => USER }).refine(isUser, { error: () => USER })

/** A schema for each of the two rules, made once: inventories have many hosts. */
export function byRules<T>(make: (rules: Rules) => T): (rules: Rules) => T {
  const strict = make({ allowCommands: false })
  const lenient = make({ allowCommands: true })
  return (rules) => (rules.allowCommands ? lenient : strict)
}

/** A plain host; null: it is empty. */
export const plainHost = byRules((rules): z.ZodType<HostReading | null> => {
  const text = z.string({ error: () => HOST_TEXT })
  return text.transform((value, issues) => readHostText(value, issues, rules))
})

function readHostText(text: string, issues: Issues, rules: Rules): HostReading | null {
  const reading = readPlainHost(text)
  if (reading === null) return null
  if ('problem' in reading) {
    refuse(issues, [], reading.problem)
    return null
  }
  refuseOptions(issues, [], { words: reading.sshOptions, rules })
  return reading
}

/** Clan's address of a var. */
export const reference = closed({ machine: name, generator: name, file: name })

/** A host as people write it: a text, `{plain}` or `{var}`; null: it is empty. */
export function host(rules: Rules): z.ZodType<HostReading | null> {
  const record = closed({ plain: plainHost(rules).optional(), var: reference.optional() })
  const object = record.transform((value, issues) => {
    if (value.var === undefined) return value.plain ?? null
    if (value.plain !== undefined) refuse(issues, [], 'one of "plain" and "var", not both')
    return { host: { at: { var: value.var } }, sshOptions: [] }
  })
  return z.unknown().transform((value, issues) => {
    // most are texts, and of them inventories have many
    if (typeof value === 'string') return readHostText(value, issues, rules)
    if (isObject(value)) return checkPart(issues, [], { schema: object, value }) ?? null
    refuse(issues, [], HOST)
    return null
  })
}

/** A peer as people write it. Whether it may be without hosts is its network's affair. */
export function peer(rules: Rules): z.ZodType<Peer> {
  const hosts = oneOrMore(host(rules)).optional()
  const shape = { host: hosts, hosts, port: port.nullish(), user: user.nullish() }
  const words = oneOrMore(z.string({ error: () => OPTIONS })).optional()
  return closed({ ...shape, SSHOptions: words }).transform((value, issues): Peer => {
    const own = value.SSHOptions ?? []
    refuseOptions(issues, ['SSHOptions'], { words: own, rules })
    const readings = [...(value.host ?? []), ...(value.hosts ?? [])].filter((one) => one !== null)
    const rest = { port: value.port ?? null, user: value.user ?? null, sshOptions: own }
    return gatherPeer(readings, rest)
  })
}

function refuseOptions(
  issues: Issues,
  path: string[],
  { words, rules }: { words: readonly string[]; rules: Rules },
): void {
  for (const option of readSshOptions(words)) {
    if ('problem' in option) {
      refuse(issues, path, { expected: OPTIONS, found: option.problem })
      continue
    }
    if (rules.allowCommands || harmOf(option) === null) continue
    const found = describeHarm(option)
    refuse(issues, path, { expected: 'none in an inventory', found, hint: ALLOW_COMMANDS })
  }
}
