import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { holdsSecret } from '../../src/core/secret-host.ts'

const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd'
const WINDOW = 52

const test = suite('secret hosts')

test('an onion name is found wherever it stands, and in either case', () => {
  for (const name of [ONION, ONION.toUpperCase()]) {
    for (let before = 0; before <= 2 * WINDOW; before++) {
      for (const filler of ['-', 'x-']) {
        const text = filler.repeat(before).slice(0, before) + name
        assert.ok(holdsSecret(Buffer.from(text)), text)
        assert.ok(holdsSecret(Buffer.from(`${text}.onion"`)), text)
      }
    }
  }
})

test('52 letters of base32 in a row are taken for a secret, 51 are not', () => {
  for (let before = 0; before <= WINDOW; before++) {
    const [left, right] = ['1'.repeat(before), '8'.repeat(WINDOW)]
    assert.ok(holdsSecret(Buffer.from(left + 'a2'.repeat(WINDOW / 2) + right)))
    assert.not.ok(holdsSecret(Buffer.from(`${left}${'z7'.repeat(WINDOW / 2 - 1)}q${right}`)))
  }
})

test('what borders on base32 is no letter of it', () => {
  for (const other of ['1', '8', '`', '{', '@', '[', '\0', '\x12', '-', '.', '"', 'ä']) {
    assert.not.ok(holdsSecret(Buffer.from(ONION.slice(0, 40) + other + ONION.slice(16))), other)
  }
})

test('short bytes and none', () => {
  assert.not.ok(holdsSecret(Buffer.alloc(0)))
  assert.not.ok(holdsSecret(Buffer.from('a'.repeat(WINDOW - 1))))
  assert.ok(holdsSecret(Buffer.from('a'.repeat(WINDOW))))
})

test.run()
