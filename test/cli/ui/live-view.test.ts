import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FIRST_VIEW, type Key, type LiveView, press } from '../../../src/cli/ui/live-view.ts'

const EXTENT = { machines: 100, page: 20, networks: 4 }

const views = suite('live view')

for (const [name, { from = {}, keys, expected }] of Object.entries<{
  from?: Partial<LiveView>
  keys: readonly Key[]
  expected: Partial<LiveView>
}>({
  down: { keys: [{ name: 'down' }, { sequence: 'j' }], expected: { top: 2 } },
  'up, not above the first': { keys: [{ name: 'up' }, { sequence: 'k' }], expected: { top: 0 } },
  'a page down': { keys: [{ name: 'pagedown' }, { name: 'space' }], expected: { top: 40 } },
  'a page up': { from: { top: 50 }, keys: [{ name: 'pageup' }], expected: { top: 30 } },
  'to the end': { keys: [{ name: 'end' }], expected: { top: 80 } },
  'to the end by G': { keys: [{ name: 'g', sequence: 'G' }], expected: { top: 80 } },
  'not below the end': { from: { top: 79 }, keys: [{ name: 'pagedown' }], expected: { top: 80 } },
  'to the beginning': { from: { top: 80 }, keys: [{ name: 'home' }], expected: { top: 0 } },
  'to the beginning by g': {
    from: { top: 80 },
    keys: [{ name: 'g', sequence: 'g' }],
    expected: { top: 0 },
  },
  sideways: {
    keys: [{ name: 'right' }, { name: 'right' }, { name: 'left' }],
    expected: { left: 1 },
  },
  'not beyond the last network': {
    from: { left: 3 },
    keys: [{ name: 'right' }],
    expected: { left: 3 },
  },
  'a filter': {
    from: { top: 9 },
    keys: typed('/web'),
    expected: { filter: 'web', typing: true, top: 0 },
  },
  'a filter with a q in it': { keys: typed('/q'), expected: { filter: 'q', typing: true } },
  'a filter that is done': {
    keys: [...typed('/web'), { name: 'return' }],
    expected: { filter: 'web' },
  },
  'a filter taken back by letters': {
    keys: [...typed('/we'), { name: 'backspace' }],
    expected: { filter: 'w', typing: true },
  },
  'a filter wiped': {
    keys: [...typed('/web'), { name: 'u', ctrl: true }],
    expected: { filter: '', typing: true },
  },
  'a filter left': { keys: [...typed('/web'), { name: 'escape' }], expected: {} },
  'all again': { from: { filter: 'web' }, keys: [{ name: 'escape' }], expected: {} },
  'keys that mean nothing': {
    keys: [{ name: 'f5', sequence: '\x1b[15~' }, {}, { sequence: 'ü' }],
    expected: {},
  },
  'keys that type nothing': {
    keys: [...typed('/a'), { name: 'up', sequence: '\x1b[A' }],
    expected: { filter: 'a', typing: true },
  },
})) {
  views(name, () => {
    let view: LiveView = { ...FIRST_VIEW, ...from }
    for (const key of keys) view = press(view, key, EXTENT) as LiveView
    assert.equal(view, { ...FIRST_VIEW, ...expected })
  })
}

for (const [key, expected] of [
  [{ sequence: 'q' }, 'quit'],
  [{ name: 'c', ctrl: true }, 'interrupt'],
  [{ name: 'z', ctrl: true }, 'suspend'],
] as const) {
  views(expected, () => assert.is(press(FIRST_VIEW, key, EXTENT), expected))
}

views('what ends it ends it while a filter is typed, too', () => {
  const typing = { ...FIRST_VIEW, typing: true }
  assert.is(press(typing, { name: 'c', ctrl: true, sequence: '\x03' }, EXTENT), 'interrupt')
})

views.run()

function typed(text: string): Key[] {
  return [...text].map((sequence) => ({ name: sequence, sequence }))
}
