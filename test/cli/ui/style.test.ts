import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { styleFor } from '../../../src/cli/ui/style.ts'

const TERMINAL = { isTTY: true, columns: 132 }
const PIPE = {}

const style = suite('style')

for (const [name, { screen, env, expected }] of Object.entries({
  'a terminal': { screen: TERMINAL, env: { TERM: 'xterm' }, expected: true },
  'a pipe': { screen: PIPE, env: { TERM: 'xterm' }, expected: false },
  'a dumb terminal': { screen: TERMINAL, env: { TERM: 'dumb' }, expected: false },
  'a terminal that nobody names': { screen: TERMINAL, env: {}, expected: false },
  NO_COLOR: { screen: TERMINAL, env: { TERM: 'xterm', NO_COLOR: '1' }, expected: false },
  'an empty NO_COLOR': { screen: TERMINAL, env: { TERM: 'xterm', NO_COLOR: '' }, expected: true },
})) {
  style(`${name}: colour ${expected ? 'yes' : 'no'}`, () => {
    const shown = styleFor(screen, env).good('up')
    assert.is(shown, expected ? '\x1b[32mup\x1b[39m' : 'up')
  })
}

for (const [env, expected] of [
  [{ LC_ALL: 'C.UTF-8' }, true],
  [{ LANG: 'de_AT.utf8' }, true],
  [{ LC_ALL: 'C', LANG: 'de_AT.UTF-8' }, false],
  [{ LC_CTYPE: 'C.UTF-8', LANG: 'C' }, true],
  [{}, false],
] as const) {
  style(`${JSON.stringify(env)}: more than ASCII ${expected ? 'yes' : 'no'}`, () => {
    assert.is(styleFor(PIPE, env).unicode, expected)
  })
}

style('knows the columns of a terminal, and none of a pipe', () => {
  assert.is(styleFor(TERMINAL, {}).columns, 132)
  assert.is(styleFor({ isTTY: true, columns: 0 }, {}).columns, 80)
  assert.is(styleFor(PIPE, {}).columns, null)
})

style.run()
