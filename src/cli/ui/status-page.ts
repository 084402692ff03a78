import { printable } from '../../core/printable.ts'
import {
  bestIn,
  isReached,
  type MachineStatus,
  type NetworkStatus,
  type StatusDocument,
} from '../../core/status.ts'
import { cellOf } from './cell.ts'
import { PAGE_STYLE } from './status-page-style.ts'
import { countReached, namesOf } from './status-table.ts'

/** Nothing is loaded, nothing runs: all that the page needs is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/**
 * Machines by networks as one self-contained HTML page, for a phone as for a wide screen; on a
 * narrow one each machine is a card.
 */
export function makeStatusPage(status: StatusDocument): string {
  const names = namesOf(status.networks)
  const count = countReached(status)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="generator" content="byway">
<title>byway: ${asHtml(count)}</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${asHtml(count)}</h1>
<p><time datetime="${asHtml(status.time)}">${asHtml(readTime(status.time))}</time></p>
</header>
<main>
<table>
<thead><tr><th scope="col">Machine</th>${names.map(headCell).join('')}</tr></thead>
<tbody>
${status.machines.map((machine) => bodyRow(machine, names)).join('\n')}
</tbody>
</table>
<h2>Networks</h2>
<dl>
${status.networks.map(describeNetwork).join('\n')}
</dl>
</main>
</body>
</html>
`
}

function headCell(name: string): string {
  return `<th scope="col">${asHtml(name)}</th>`
}

function bodyRow(machine: MachineStatus, names: readonly string[]): string {
  const cells = names.map((name) => bodyCell(machine, name)).join('')
  const tone = isReached(machine) ? '' : ' class="lost"'
  return `<tr${tone}><th scope="row">${asHtml(machine.machine)}</th>${cells}</tr>`
}

/** On a narrow screen, an empty one is left out, and the others say their network and their reason. */
function bodyCell(machine: MachineStatus, name: string): string {
  const route = bestIn(machine, name)
  if (route === null) return '<td class="none"></td>'
  const { tone, text } = cellOf(route, machine.winner === name)
  const said = route.reason === null || route.reason === text
  const reason = said ? '' : `<small>${asHtml(route.reason ?? '')}</small>`
  const title = route.reason ?? route.where
  const won = tone === 'won' ? ' <b>would win</b>' : ''
  return `<td class="${tone}" data-network="${asHtml(name)}" title="${asHtml(title)}"><span>${asHtml(text)}</span>${won}${reason}</td>`
}

function describeNetwork({ name, priority, technology, state, detail }: NetworkStatus): string {
  const words = { running: 'runs', startable: 'not started', absent: 'absent', error: 'error' }
  return `<div class="${state}"><dt>${asHtml(name)}</dt><dd><span>${words[state]}</span> · ${asHtml(technology)}, priority ${priority}<small>${asHtml(detail)}</small></dd></div>`
}

/** `2026-11-26 11:00 UTC`: the reader's clock is not known. */
function readTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`
}

/** Text as HTML, in elements and in quoted attributes. */
function asHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
