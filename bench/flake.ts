/**
 * What a flake costs a connect that is not the first: the same machines, once in a plain inventory
 * file and once in a clan's flake that was evaluated before. Prints milliseconds from the
 * start of byway to the peer's first byte, and to byway's end; the two alternate, so that
 * whatever else the computer does meets both.
 */
import { ARTEFACTS, type Artefact, Home, startByway } from '../test/helpers/byway.ts'
import {
  connectTo,
  makeToyHome,
  settled,
  startPeer,
  type ToyHome,
} from '../test/helpers/toy-home.ts'
import { median, type Row } from './harness.ts'

/** Machines, and files that git tracks besides the flake: a clan of some size. */
const MACHINES = 100
const FILES = 500
/** What a flake may add to a connect, in milliseconds. */
const LIMIT = 5

/** Milliseconds from the start to the first byte, and to the end. */
interface Times {
  readonly first: number
  readonly end: number
}

export const flake: Row = {
  name: 'flake',
  target: `a flake that was evaluated before costs at most ${LIMIT} ms more than a plain file`,
  measure: async ({ runs }) => {
    const lines: string[] = []
    for (const artefact of ARTEFACTS) lines.push(`${await benchFlake(artefact, 2 * runs)}  `)
    return lines
  },
}

/** Measures one artefact; a line of words. */
async function benchFlake(artefact: Artefact, runs: number): Promise<string> {
  const peer = await startPeer('bench')
  const { toy, plain } = await settle(artefact, peer)
  for (let i = 0; i < 2; i++) {
    for (const home of [plain, toy.home]) await connectTo({ ...toy, home }, 'machine-50')
    await settled(toy)
  }
  const before = toy.nix.runs
  const times = { plain: [] as Times[], flake: [] as Times[] }
  for (let i = 0; i < runs; i++) {
    times.plain.push(await measure(plain))
    times.flake.push(await measure(toy.home))
  }
  await settled(toy)
  if (toy.nix.runs !== before) throw new Error('nix was run')
  peer.stop()
  const words = [describe('first', times), describe('end', times)].join('; ')
  return `${artefact.name}, a flake in place of a plain file, which may cost ${LIMIT} ms: ${words}`
}

/** The same machines in two homes. */
async function settle(
  artefact: Artefact,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ toy: ToyHome; plain: Home }> {
  const names = Array.from({ length: MACHINES }, (_, i) => `machine-${i}`)
  const machines = names.map((name) => [name, { hosts: [{ plain: host }], port }] as const)
  const toy = await makeToyHome(artefact, { machines: Object.fromEntries(machines) })
  for (let i = 0; i < FILES; i++) toy.clan.put(`vars/per-machine/m${i}/g/f/value`, String(i))
  await toy.clan.commit()
  const plain = new Home(artefact)
  const peers = Object.fromEntries(names.map((name) => [name, { host, port }]))
  plain.writeInventory({ networks: { public: { priority: 2000, peers } } })
  return { toy, plain }
}

async function measure(home: Home): Promise<Times> {
  const began = performance.now()
  const running = startByway(home, ['connect', 'machine-50'], { input: '' })
  await running.says('SSH-2.0-bench')
  const first = performance.now() - began
  const { ms } = await running.result
  return { first, end: ms }
}

function describe(
  key: keyof Times,
  times: { readonly plain: readonly Times[]; readonly flake: readonly Times[] },
): string {
  const [plain, flake] = [times.plain, times.flake].map((some) => some.map((one) => one[key]))
  const medians = compare(median(plain ?? []), median(flake ?? []))
  const fastest = compare(Math.min(...(plain ?? [])), Math.min(...(flake ?? [])))
  const what = key === 'first' ? 'first byte' : 'end'
  return `${what}: median ${medians}, fastest ${fastest}`
}

function compare(plain: number, flake: number): string {
  const more = (flake - plain).toFixed(1)
  return `${plain.toFixed(1)} -> ${flake.toFixed(1)} ms (${more} more, x ${(flake / plain).toFixed(3)})`
}
