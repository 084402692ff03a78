import { z } from 'zod'
import type { Peer } from '../../core/types.ts'
import { firstFault } from '../check.ts'
import type { Path } from '../findings.ts'
import { describeHarm, harmOf, runsProgram } from '../option-harm.ts'
import { type HostReading, plainHost, port, user } from '../peer-schema.ts'
import { dropPlaceholders, type Reading } from '../reading.ts'
import { type Fields, isObject, name } from '../schema.ts'
import { gatherPeer } from '../ssh-jump.ts'
import { readSshOptions } from '../ssh-options.ts'

/** A machine's peer in one network, as Clan exports it. */
export interface Member {
  readonly machine: string
  /** where `value` is in the file */
  readonly path: Path
  readonly value: unknown
}

/** A value of the file, and where it is. */
interface Item {
  readonly value: unknown
  readonly path: Path
}

const HOST = '{"plain": …} or {"var": {machine, generator, file}}'
const optionalPort = port.nullish()
const optionalUser = user.nullish()
const optionWord = z.string({ error: () => 'an option for ssh' })

/** Options are looked at one by one: one that is not to be had does not lose the host. */
const ALL = { allowCommands: true }

/** A host as Clan writes it. The machine of a var may be left to the peer's. */
const error = () => HOST
const reference = z.object({ machine: name.nullish(), generator: name, file: name }, { error })
const clanHost = z
  .object({ plain: plainHost(ALL).nullish(), var: reference.nullish() }, { error })
  .refine(hasOne, { error })

/**
 * Reads a peer, without what cannot be read of it: each such part makes a warning. Null: nothing
 * of it can be used. A peer without hosts comes back without hosts.
 */
export function readClanPeer(member: Member, reading: Reading): Peer | null {
  const { value, path } = member
  if (!isObject(value)) {
    reading.warn(path, 'left out: expected an object with the hosts of a peer')
    return null
  }
  const portItem = { value: value['port'], path: [...path, 'port'] }
  const userItem = { value: value['user'] === '' ? null : value['user'], path: [...path, 'user'] }
  const ownPort = readPart(optionalPort, portItem, reading)
  const ownUser = readPart(optionalUser, userItem, reading)
  if (ownPort === undefined || ownUser === undefined) return null
  const items = ['host', 'hosts'].flatMap((key) => listItems(value, path, key))
  const hosts = items.map((item) => readClanHost(item, member.machine, reading))
  return gatherPeer(
    hosts.filter((host) => host !== null),
    {
      port: ownPort.value ?? null,
      user: ownUser.value ?? null,
      sshOptions: readClanOptions(value, path, reading),
    },
  )
}

/**
 * Reads one host of a peer; null: it is empty, or cannot be read, which makes a warning. So does an
 * option of it that the file may not give.
 */
export function readClanHost(item: Item, machine: string, reading: Reading): HostReading | null {
  if (item.value === null || item.value === undefined) return null
  if (typeof item.value === 'string') {
    return withoutHarm(readPart(plainHost(ALL), item, reading)?.value ?? null, item, reading)
  }
  const record = readPart(clanHost, item, reading)?.value
  if (!record?.var) return withoutHarm(record?.plain ?? null, item, reading)
  const at = { var: { ...record.var, machine: record.var.machine ?? machine } }
  return { host: { at }, sshOptions: [] }
}

/** A host that wants a program run is not to be reached without it: that one is left out. */
function withoutHarm(
  host: HostReading | null,
  { path }: Item,
  reading: Reading,
): HostReading | null {
  if (host === null || reading.allowCommands) return host
  const options = readSshOptions(host.sshOptions).filter((option) => 'flag' in option)
  const program = options.find(runsProgram)
  if (program === undefined) {
    return { ...host, sshOptions: keepHarmless(host.sshOptions, path, reading) }
  }
  reading.warn(path, `left out: found ${describeHarm(program)}, expected none in an inventory`)
  return null
}

function hasOne(value: { plain?: unknown; var?: unknown }): boolean {
  return value.plain !== undefined || value.var !== undefined
}

function readClanOptions(value: Fields, path: Path, reading: Reading): readonly string[] {
  const key = Object.hasOwn(value, 'sshoptions') ? 'sshoptions' : 'SSHOptions'
  const words: string[] = []
  for (const item of listItems(value, path, key)) {
    const word = readPart(optionWord, item, reading)
    if (word !== undefined) words.push(word.value)
  }
  const kept = keepHarmless(words, [...path, key], reading)
  return dropPlaceholders(kept, [...path, key], reading)
}

/** The options without those that the file may not give; each makes a warning. */
function keepHarmless(words: readonly string[], path: Path, reading: Reading): readonly string[] {
  return readSshOptions(words).flatMap((option) => {
    const harm = 'problem' in option || reading.allowCommands ? null : harmOf(option)
    if ('problem' in option) reading.warn(path, `left out ${option.problem}`)
    else if (harm === null) return option.words
    else reading.warn(path, `left out an option with which ssh ${harm}`)
    return []
  })
}

function listItems(value: Fields, path: Path, key: string): Item[] {
  const given = value[key]
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) return [{ value: given, path: [...path, key] }]
  return given.map((entry: unknown, index) => ({ value: entry, path: [...path, key, index] }))
}

/** Boxed, as null is a value; undefined: the part cannot be read, and a warning was made. */
function readPart<T>(
  schema: z.ZodType<T>,
  { value, path }: Item,
  reading: Reading,
): { readonly value: T } | undefined {
  const result = schema.safeParse(value)
  if (result.success) return { value: result.data }
  const fault = firstFault(result.error, value)
  reading.warn([...path, ...fault.path], `left out: ${fault.text}`)
  return undefined
}
