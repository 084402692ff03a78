import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { drawFrame, type Scene } from '../../../src/cli/ui/live-frame.ts'
import { FIRST_VIEW, type LiveView } from '../../../src/cli/ui/live-view.ts'
import { drawSparkline } from '../../../src/cli/ui/sparkline.ts'
import { STATUS } from '../../helpers/status-documents.ts'
import { plainStyle } from '../../helpers/styles.ts'

const frames = suite('live frame')

frames('the count, the heading, the machines, the keys', () => {
  const lines = drawFrame(sceneOf(), { columns: 80, rows: 8 }, plainStyle(80))
  assert.equal(
    lines.map((line) => line.trimEnd()),
    [
      `2 of 3 machines answer${' '.repeat(48)}looking: 1`,
      'Machine    vpn             internet        office          tor',
      'web01      absent          no answer     ● 344 ms          not started',
      'db01                     ● 12 ms           900 ms',
      'old                                        refused',
      '',
      '',
      `↑↓ ←→ scroll  / filter  q quit${' '.repeat(42)}1-3 of 3`,
    ],
  )
})

frames('has room for the history where the terminal is wide', () => {
  const lines = drawFrame(sceneOf(), { columns: 200, rows: 8 }, plainStyle(200))
  assert.match(lines[3] ?? '', /● 12 ms {13}▂▃×/)
})

for (const columns of [20, 40, 80, 120, 200]) {
  for (const rows of [2, 5, 24]) {
    frames(`${columns} by ${rows}: as many lines as the terminal has, none wider`, () => {
      for (const left of [0, 1, 3]) {
        const lines = drawFrame(sceneOf({ left }), { columns, rows }, plainStyle(columns))
        assert.is(lines.length, rows)
        // a line that is wider is cut by the terminal, which wraps nothing
        if (columns >= 40) assert.ok(lines.every((line) => stringWidth(line) <= columns))
      }
    })
  }
}

frames('what byway says is above the keys, in one line, escaped and shortened as elsewhere', () => {
  const said = `"${'q'.repeat(56)}.onion": \x1b[2J${' and so on'.repeat(9)}`
  const lines = drawFrame(sceneOf({}, said), { columns: 80, rows: 6 }, plainStyle(80))
  const shown = 'byway: "qqqqqq….onion": \\x1b[2J and so on and so on and so on and so on and so …'
  assert.equal(lines.slice(4, 5), [shown])
  assert.match(lines[5] ?? '', /1-2 of 3$/)
  for (const rows of [1, 2, 3, 4]) {
    assert.is(drawFrame(sceneOf({}, said), { columns: 80, rows }, plainStyle(80)).length, rows)
  }
})

frames('a filter leaves what has it in its name', () => {
  const scene = sceneOf({ filter: 'B0', typing: true })
  const lines = drawFrame(scene, { columns: 80, rows: 6 }, plainStyle(80))
  assert.equal(
    lines.slice(2, 5).map((line) => line.slice(0, 5)),
    ['web01', 'db01 ', ''],
  )
  assert.match(lines[5] ?? '', /^\/B0 .*1-2 of 2$/)
})

frames('a filter that leaves nothing', () => {
  const lines = drawFrame(
    sceneOf({ filter: 'zzz', top: 7 }),
    { columns: 80, rows: 6 },
    plainStyle(80),
  )
  assert.match(lines[5] ?? '', /0-0 of 0$/)
})

frames('sideways, networks go by', () => {
  const [, heading] = drawFrame(sceneOf({ left: 2 }), { columns: 80, rows: 6 }, plainStyle(80))
  assert.match(heading ?? '', /^Machine +office +tor$/)
})

frames('a sparkline has the last results, the newest at the right end', () => {
  assert.is(drawSparkline([], plainStyle(80)), ' '.repeat(8))
  assert.is(drawSparkline([1, 10, 30, 80, 200, 500, 1000, 9000], plainStyle(80)), '▁▂▃▄▅▆▇█')
  assert.is(drawSparkline([1, 1, 1, null, 1, 1, 1, 1, 1, null], plainStyle(80)), '▁×▁▁▁▁▁×')
  assert.is(drawSparkline([1, null, 9000], plainStyle(80, false)), '     _x#')
})

frames.run()

function sceneOf(view: Partial<LiveView> = {}, words: string | null = null): Scene {
  return {
    status: STATUS,
    view: { ...FIRST_VIEW, ...view },
    history: (machine) => (machine === 'db01' ? [10, 20, null] : []),
    activity: 'looking: 1',
    words,
  }
}
