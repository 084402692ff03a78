import { domainToASCII } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { foldName, isOnionName, requireNoOnion } from '../../src/core/onion.ts'
import { Secret } from '../../src/core/secret.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { SPELLINGS } from '../helpers/onion-names.ts'

const BODY = 'q'.repeat(56)

const test = suite('core/onion')

for (const [name, spell] of Object.entries(SPELLINGS)) {
  test(`an onion name ${name}`, () => assert.ok(isOnionName(spell(BODY))))
}

for (const name of [
  'onion',
  'web.onion.example',
  `${BODY}.onion.example`,
  `${BODY}.onion。example`,
  'web.onions',
  'web.onion-1',
  'web.onion_1',
  'web.xonion',
  'web.example',
  '192.0.2.1',
  'fe80::1%onion',
  '',
]) {
  test(`no onion name: "${name}"`, () => assert.not.ok(isOnionName(name)))
}

test('each character that a lookup takes for another, or for none, is taken for that one', () => {
  let folded = 0
  for (let code = 0x80; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const character = String.fromCodePoint(code)
    const asked = domainToASCII(`x.q${character}z`)
    if (!/^x\.q[oni.]*z$/.test(asked)) continue
    folded += 1
    assert.is(foldName(`x.q${character}z`), asked, `U+${code.toString(16)}`)
  }
  assert.ok(folded > 100, `${folded} characters`)
})

test('it is refused without being shown', async () => {
  const work = Promise.resolve().then(() => requireNoOnion(new Secret(`${BODY}.onion`)))
  const error = await caughtByway('UNAVAILABLE', work)
  assert.match(error.message, 'by tor only')
  hides(error, BODY)
  requireNoOnion('web.example')
})

test.run()
