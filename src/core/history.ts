import { type Rules, worthUntil } from './race.ts'
import { heardAt, lastStage, type RouteReport } from './report.ts'
import type { Stage } from './types.ts'

/** What became of a network when a machine was last dialled by it from one place. */
export interface Sighting {
  /** machine, network and place, as one hash */
  readonly key: string
  readonly dead: boolean
  /** milliseconds from the start of its dial until it was up; null: it was not */
  readonly ms: number | null
  /** when (milliseconds since 1970) */
  readonly at: number
}

/** How a race waits for its networks. */
export type Waits = Pick<Rules, 'stagger' | 'grace'>

/** Milliseconds for which a network that was dead is not waited for: ten minutes. */
const MEMORY = 600_000
/** Sightings that are kept; the oldest go first. */
const LIMIT = 500
/** Where a dial has to have come for its failure to tell something of the network. */
const TELLING: readonly Stage[] = ['lookup', 'connect', 'proxy', 'banner']

/**
 * How long ago each doubtful network was seen dead, in milliseconds, by network. Nothing of the
 * future counts: a clock that was put back must not keep a network in doubt.
 */
export function findDoubts(
  keys: ReadonlyMap<string, string>,
  sightings: readonly Sighting[],
  now: number,
): Map<string, number> {
  const dead = new Map(sightings.filter((one) => one.dead).map((one) => [one.key, one.at]))
  const ages = [...keys].map(([network, key]): [string, number] => {
    return [network, now - (dead.get(key) ?? Number.NEGATIVE_INFINITY)]
  })
  return new Map(ages.filter(([, age]) => age >= 0 && age <= MEMORY))
}

/**
 * What a race tells of its networks. Nothing when nobody won: then the machine or this computer
 * may have been off. A network that lost while it was still worth waiting for, that does not run
 * here, or whose var could not be read, is left as it was seen before.
 */
export function learn(
  routes: readonly RouteReport[],
  { keys, rules, now }: { keys: ReadonlyMap<string, string>; rules: Waits; now: number },
): Sighting[] {
  if (!routes.some(({ outcome }) => outcome === 'won')) return []
  return [...keys].flatMap(([network, key]): Sighting[] => {
    const ours = routes.filter(({ route }) => route.network.name === network)
    const up = ours.find(({ upAt }) => upAt !== null)
    if (up !== undefined) {
      return [{ key, dead: false, ms: Math.round(Number(up.upAt) - (up.startedAt ?? 0)), at: now }]
    }
    const dead = ours.length > 0 && ours.every((line) => isDead(line, rules))
    return dead ? [{ key, dead, ms: null, at: now }] : []
  })
}

/** The older sightings with what was learned in their place, as many as are kept. */
export function remember(older: readonly Sighting[], learned: readonly Sighting[]): Sighting[] {
  const known = new Set(learned.map(({ key }) => key))
  return [...older.filter(({ key }) => !known.has(key)), ...learned].slice(-LIMIT)
}

/** True for a sighting that is worth writing: of one dead, of a change, or the first for long. */
export function isNews({ key, dead, at }: Sighting, older: readonly Sighting[]): boolean {
  const before = older.find((one) => one.key === key)
  return dead || before === undefined || before.dead || at - before.at > MEMORY
}

/** The sightings in a file's text. Throws when it is damaged. */
export function parseSightings(text: string): Sighting[] {
  const all: unknown = JSON.parse(text)
  if (!Array.isArray(all) || !all.every(isSighting)) throw new Error('damaged')
  return all
}

function isDead(line: RouteReport, rules: Waits): boolean {
  const { outcome, startedAt, endedAt } = line
  if (startedAt === null || endedAt === null || !TELLING.includes(lastStage(line))) return false
  if (outcome !== 'lost') return outcome === 'failed' || outcome === 'late'
  return endedAt >= worthUntil({ started: startedAt, heard: heardAt(line) }, rules)
}

function isSighting(value: unknown): value is Sighting {
  const { key, dead, at } = (value ?? {}) as Partial<Sighting>
  return typeof key === 'string' && typeof dead === 'boolean' && typeof at === 'number'
}
