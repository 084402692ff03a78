import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { drawRace } from '../../../src/cli/ui/race-chart.ts'
import { RACE, routeDocument } from '../../helpers/race-documents.ts'
import { plainStyle } from '../../helpers/styles.ts'

const chart = suite('race chart')

chart('draws a line per route on a scale of time', () => {
  assert.equal(drawRace(RACE, plainStyle(80)).split('\n'), [
    '          0         100       200        300       400       500 ms',
    'vpn       ×                                                     failed, 4 ms',
    'internet  ├──────────────────────────────────────────────────○  given up, 500 ms',
    'office                              ├────━━━━━═══════════════●  won, 500 ms',
    'tor                                                             not tried',
    '',
    '─ connects  ━ connected  ═ answered  ● won  ○ given up  × failed',
    '',
  ])
})

chart('is ASCII where nothing else is sure to be shown', () => {
  const lines = drawRace(RACE, plainStyle(80, false))
  assert.match(lines, /^[\x20-\x7e\n]*$/)
  assert.match(lines, /^internet {2}\|-+o {2}given up, 500 ms$/m)
  assert.match(lines, /^office {20,}\|-+~+=+\* {2}won, 500 ms$/m)
})

for (const columns of [40, 80, 120, 200, 317]) {
  chart(`fits ${columns} columns, and uses them`, () => {
    const widths = drawRace(RACE, plainStyle(columns))
      .split('\n')
      .slice(0, 5)
      .map((line) => stringWidth(line))
    assert.ok(Math.max(...widths) <= Math.max(50, columns))
    assert.ok(Math.max(...widths) >= columns - 3, String(widths))
  })
}

chart('goes to no terminal in 80 columns', () => {
  const { columns: _, ...style } = plainStyle(200)
  const lines = drawRace(RACE, { ...style, columns: null }).split('\n')
  assert.ok(Math.max(...lines.map((line) => stringWidth(line))) <= 80)
})

chart('says seconds of a long race', () => {
  const late = routeDocument({ outcome: 'late', startedAt: 0, endedAt: 60_000 })
  const [axis = ''] = drawRace({ ...RACE, routes: [late] }, plainStyle(80)).split('\n')
  assert.match(axis.trim(), /^0 +20 +40 +60 s$/)
})

chart('draws a race without routes, and one that took no time', () => {
  const none = drawRace({ machine: 'web01', winner: null, routes: [] }, plainStyle(80))
  assert.match(none, /^ *0/)
  const skipped = routeDocument({ outcome: 'failed', startedAt: 0, endedAt: 0 })
  assert.match(drawRace({ ...RACE, routes: [skipped] }, plainStyle(80)), /^internet {2}×/m)
})

chart('clips names that would take the room of the bars', () => {
  const long = routeDocument({ network: 'n'.repeat(70), startedAt: 0, endedAt: 9, outcome: 'won' })
  const lines = drawRace({ ...RACE, routes: [long] }, plainStyle(80)).split('\n')
  assert.ok(lines.every((line) => stringWidth(line) <= 80))
  assert.match(lines[1] ?? '', /^n{23}… /)
})

chart.run()
