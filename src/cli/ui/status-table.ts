import stringWidth from 'string-width'
import { printable } from '../../core/printable.ts'
import {
  bestIn,
  isReached,
  type MachineStatus,
  type NetworkStatus,
  type StatusDocument,
} from '../../core/status.ts'
import { cellOf, paintCell } from './cell.ts'
import { clip } from './clip.ts'
import type { Style } from './style.ts'
import { pad, table } from './table.ts'

const LONGEST_NAME = 32
const GAP = '  '
/** Of the mark before each cell. */
const MARK = 2

/** Machines by networks for people, and below it why what cannot be used cannot. */
export function showStatus(status: StatusDocument, style: Style): string {
  const parts = [
    `${countReached(status)}\n`,
    ...showGrid(status, style),
    showNetworks(status, style),
    showLost(status, style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

/** `3 of 4 machines answer` */
export function countReached({ machines }: StatusDocument): string {
  const reached = machines.filter(isReached).length
  return `${reached} of ${machines.length} ${machines.length === 1 ? 'machine answers' : 'machines answer'}`
}

/** The networks' names in the order of priority, each once. */
export function namesOf(networks: readonly Pick<NetworkStatus, 'name'>[]): string[] {
  return [...new Set(networks.map(({ name }) => name))]
}

/** One table, or several where one would be wider than the terminal. */
function showGrid({ machines, networks }: StatusDocument, style: Style): string[] {
  const names = machines.map(({ machine }) => clip(printable(machine), LONGEST_NAME, style))
  const left = Math.max(7, ...names.map((name) => stringWidth(name)))
  const columns = namesOf(networks).map((name) => makeColumn(name, machines, style))
  return splitBlocks(columns, (style.columns ?? Number.POSITIVE_INFINITY) - left).map((block) => {
    const title = block.map(({ head, width }) => pad(`  ${head}`, width)).join(GAP)
    const lines = names.map((name, i) => {
      const cells = block.map(({ cells }) => cells[i] ?? '').join(GAP)
      return `${pad(name, left)}${GAP}${cells}`.trimEnd()
    })
    return [style.dim(`${pad('Machine', left)}${GAP}${title}`.trimEnd()), ...lines, ''].join('\n')
  })
}

interface Column {
  readonly head: string
  readonly width: number
  readonly cells: readonly string[]
}

function makeColumn(name: string, machines: readonly MachineStatus[], style: Style): Column {
  const head = clip(printable(name), LONGEST_NAME, style)
  const cells = machines.map((machine) => {
    return cellOf(bestIn(machine, name), machine.winner === name)
  })
  const inner = Math.max(stringWidth(head), ...cells.map(({ text }) => stringWidth(text)))
  const painted = cells.map((cell) => paintCell(cell, pad(cell.text, inner), style))
  return { head, width: inner + MARK, cells: painted }
}

function splitBlocks(columns: readonly Column[], room: number): Column[][] {
  const blocks: Column[][] = []
  let left = 0
  for (const column of columns) {
    const needed = column.width + GAP.length
    if (needed > left || blocks.length === 0) {
      blocks.push([])
      left = room
    }
    blocks.at(-1)?.push(column)
    left -= needed
  }
  return blocks
}

/** Why a network cannot be used on this computer. */
function showNetworks({ networks }: StatusDocument, style: Style): string {
  const rows = networks
    .filter(({ state }) => state !== 'running')
    .map(({ name, state, detail }) => [name, state === 'startable' ? 'not started' : state, detail])
  return rows.length === 0 ? '' : table(['Network', 'State', 'Why'], rows, style)
}

/** Machines that do not answer at all, and why not, by network. */
function showLost({ machines }: StatusDocument, style: Style): string {
  const rows = machines
    .filter((machine) => !isReached(machine))
    .flatMap(({ machine, routes }) =>
      routes
        .filter(({ state }) => state === 'down')
        .map(({ network, reason }, i) => [i === 0 ? machine : '', network, reason ?? '']),
    )
  return rows.length === 0 ? '' : table(['No answer', 'Network', 'Why'], rows, style)
}
