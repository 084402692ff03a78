import { EXIT_STATUS } from '../core/errors.ts'
import { compareInventories, type Difference } from '../inventory/changes.ts'
import { showFlake } from '../inventory/flake.ts'
import type { OpenedInventory } from '../inventory/open.ts'
import { type Refreshed, refreshSources } from '../refresh.ts'
import { renewInstalled } from '../ssh-drift.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { findSelf } from './self.ts'
import { json } from './ui/output.ts'
import { table } from './ui/table.ts'
import { makeVoice } from './ui/voice.ts'

/** `byway refresh`: reads files and evaluates flakes now, and says what changed. */
export const refreshCommand: Command = {
  name: 'refresh',
  usage: '',
  describe: "read the inventory's sources again, and say what changed",
  flags: JSON_FLAG,
  examples: [
    ['refresh', 'machines and networks: added, gone, moved'],
    ['refresh --flake ~/clan', 'evaluate that flake now'],
  ],
  run: async ({ flags, global }, { print }) => {
    const voice = makeVoice(global.verbosity)
    const refreshed = await refreshSources(global, voice)
    const renewal = await renewInstalled(process.env, findSelf(process.env), voice)
    const written = renewal?.changed === true ? `${renewal.path} is written anew\n` : ''
    if (flags['json'] === true) await print(json({ ...toJson(refreshed), sshConfig: renewal }))
    else await print(`${show(refreshed)}${written}`)
    return EXIT_STATUS.OK
  },
}

function show({ before, after }: Refreshed): string {
  const { machines, networks } = compareInventories(before, after)
  const known = countOf(after)
  const count = `${plural(known.machines, 'machine')} in ${plural(known.networks, 'network')}`
  // all of it is new: that is no change to read through
  if (before === null) return `${count}\n`
  const memberships = { before: membershipsOf(before), after: membershipsOf(after) }
  const rows = [
    ...rowsOf('machine', machines).map(([change, what, name]) => [
      ...[change, what, name],
      describeMove(memberships.before.get(name), memberships.after.get(name)),
    ]),
    ...rowsOf('network', networks),
  ]
  if (rows.length === 0) return `nothing changed: ${count}\n`
  return `${table(['Change', 'What', 'Name', 'Networks'], rows)}${count}\n`
}

function rowsOf(what: string, difference: Difference): [string, string, string][] {
  return (['added', 'gone', 'moved'] as const).flatMap((change) =>
    difference[change].map((name): [string, string, string] => [change, what, name]),
  )
}

function membershipsOf(inventory: OpenedInventory): Map<string, string> {
  return new Map(
    Array.from(inventory.machines(), ({ name, memberships }) => [
      name,
      memberships.map(({ network }) => network.name).join(', '),
    ]),
  )
}

function describeMove(before: string | undefined, after: string | undefined): string {
  if (before === undefined || after === undefined) return after ?? before ?? ''
  return before === after ? `${after} (other hosts)` : `${before} -> ${after}`
}

function toJson({ before, after }: Refreshed) {
  return {
    ...compareInventories(before, after),
    sources: after.header.sources.map(({ name, domain, clan, flake }) => ({
      name,
      domain,
      clan,
      flake: flake === null ? null : showFlake(flake),
    })),
    known: countOf(after),
  }
}

function countOf(inventory: OpenedInventory) {
  return { machines: [...inventory.machines()].length, networks: inventory.header.networks.length }
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
