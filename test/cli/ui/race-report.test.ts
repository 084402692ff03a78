import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { reportRace } from '../../../src/cli/ui/race-report.ts'
import { RACE, routeDocument } from '../../helpers/race-documents.ts'
import { plainStyle } from '../../helpers/styles.ts'

/** It clears the screen, and names the window. */
const ESCAPE = '\x1b[2J\x1b]0;pwned\x07'

const report = suite('race report')

for (const columns of [60, 80, 200]) {
  report(`${columns} columns: no text of a race moves the terminal`, () => {
    const evil = routeDocument({
      network: ESCAPE,
      where: ESCAPE,
      hint: ESCAPE,
      reason: ESCAPE,
      outcome: 'won',
      startedAt: 0,
      upAt: 1,
      endedAt: 2,
    })
    const race = { machine: ESCAPE, winner: ESCAPE, routes: [evil, ...RACE.routes] }
    const said = reportRace(race, plainStyle(columns))
    assert.not.match(said, /[^\P{Cc}\n]/u)
    assert.match(said, /\\x1b\[2J/)
  })
}

report.run()
