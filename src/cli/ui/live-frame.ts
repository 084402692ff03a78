import stringWidth from 'string-width'
import { printable } from '../../core/printable.ts'
import { showText } from '../../core/show.ts'
import { bestIn, type MachineStatus, type StatusDocument } from '../../core/status.ts'
import { cellOf, paintCell } from './cell.ts'
import { clip } from './clip.ts'
import type { Extent, LiveView } from './live-view.ts'
import { drawSparkline, SPARKLINE_WIDTH } from './sparkline.ts'
import { countReached, namesOf } from './status-table.ts'
import type { Style } from './style.ts'
import { pad } from './table.ts'

/** Lines that are no machines: the count, the heading, the keys; without byway's words. */
const FRAME = 3
const GAP = '  '
const LONGEST_NAME = 32
const LONGEST_HEAD = 16
/** Of a mark and the longest text in a cell: "proxy failed". */
const CELL = 2 + 12

/** All that a frame shows. */
export interface Scene {
  readonly status: StatusDocument
  readonly view: LiveView
  /** latencies of earlier rounds by machine and network, the newest last; null: no answer */
  history(machine: string, network: string): readonly (number | null)[]
  /** what is going on, for the right upper corner */
  readonly activity: string
  /** what takes long, or went wrong, for a line of its own above the keys; null: nothing */
  readonly words: string | null
}

/** The size of the terminal, in characters. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** How much there is to see in a terminal of this size. */
export function extentOf({ status, view, words }: Scene, { rows }: Size): Extent {
  return {
    machines: matching(status.machines, view.filter).length,
    page: Math.max(1, rows - FRAME - (words === null ? 0 : 1)),
    networks: namesOf(status.networks).length,
  }
}

/** The lines of the screen, exactly as many as it has, none wider than it is. */
export function drawFrame(scene: Scene, size: Size, style: Style): string[] {
  const { status, view } = scene
  const extent = extentOf(scene, size)
  const found = matching(status.machines, view.filter)
  const top = Math.min(view.top, Math.max(0, extent.machines - extent.page))
  const seen = found.slice(top, top + extent.page)
  const grid = layOut(scene, size, style)
  const head = grid.networks.map(({ head: text }) => pad(`  ${text}`, grid.width)).join(GAP)
  const title = cut(`${pad('Machine', grid.left)}${GAP}${head}`, size, style)
  const lines = [
    spread(style.bold(countReached(status)), scene.activity, { size, style }),
    style.dim(title),
    ...seen.map((machine) => drawMachine(machine, grid, { scene, style })),
  ]
  const range = `${found.length === 0 ? 0 : top + 1}-${top + seen.length} of ${found.length}`
  const foot = [
    ...drawWords(scene, size, style),
    spread(describeKeys(scene, style), range, { size, style }),
  ].slice(-size.rows)
  const room = size.rows - foot.length
  while (lines.length < room) lines.push('')
  return [...lines.slice(0, room), ...foot]
}

function drawWords({ words }: Scene, { columns }: Size, style: Style): string[] {
  return words === null ? [] : [style.warn(clip(`byway: ${showText(words)}`, columns, style))]
}

interface Grid {
  /** columns of the machines' names */
  readonly left: number
  /** columns of each network */
  readonly width: number
  readonly networks: readonly { readonly name: string; readonly head: string }[]
  /** there is room for the history */
  readonly sparklines: boolean
}

/** As many networks as fit beside each other; with their history where all fit with it. */
function layOut({ status, view }: Scene, { columns }: Size, style: Style): Grid {
  const widest = Math.max(7, ...status.machines.map(({ machine }) => stringWidth(machine)))
  const left = Math.min(widest, LONGEST_NAME, Math.max(7, Math.floor(columns / 3)))
  const networks = namesOf(status.networks)
    .slice(view.left)
    .map((name) => ({ name, head: clip(printable(name), LONGEST_HEAD, style) }))
  const narrow = Math.max(CELL, ...networks.map(({ head }) => stringWidth(head) + 2))
  const wide = narrow + 1 + SPARKLINE_WIDTH
  const countFor = (width: number) => Math.floor((columns - left) / (width + GAP.length))
  const sparklines = countFor(wide) >= networks.length
  const width = sparklines ? wide : narrow
  return { left, width, sparklines, networks: networks.slice(0, Math.max(1, countFor(width))) }
}

function drawMachine(
  machine: MachineStatus,
  { left, width, networks, sparklines }: Grid,
  { scene, style }: { scene: Scene; style: Style },
): string {
  const cells = networks.map(({ name }) => {
    const cell = cellOf(bestIn(machine, name), machine.winner === name)
    if (!sparklines) return paintCell(cell, pad(cell.text, width - 2), style)
    const text = paintCell(cell, pad(cell.text, width - 3 - SPARKLINE_WIDTH), style)
    return `${text} ${drawSparkline(scene.history(machine.machine, name), style)}`
  })
  return [pad(clip(printable(machine.machine), left, style), left), ...cells].join(GAP)
}

function describeKeys({ view }: Scene, style: Style): string {
  if (view.typing) return `/${view.filter}${style.invert(' ')}`
  const filter = view.filter === '' ? '' : `/${view.filter}  esc all  `
  const arrows = style.unicode ? '↑↓ ←→' : 'arrows'
  return style.dim(`${filter}${arrows} scroll  / filter  q quit`)
}

/** Two texts at the ends of a line; the second goes first where there is no room. */
function spread(
  begin: string,
  end: string,
  { size: { columns }, style }: { size: Size; style: Style },
): string {
  const room = columns - stringWidth(begin) - stringWidth(end)
  return room < 2 ? begin : `${begin}${' '.repeat(room)}${style.dim(end)}`
}

function cut(text: string, { columns }: Size, style: Style): string {
  return clip(text.trimEnd(), columns, style)
}

function matching(machines: readonly MachineStatus[], filter: string): readonly MachineStatus[] {
  const wanted = filter.toLowerCase()
  return wanted === ''
    ? machines
    : machines.filter(({ machine }) => machine.toLowerCase().includes(wanted))
}
