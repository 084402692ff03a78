import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { Hiding } from '../../src/core/hiding.ts'
import { Secret } from '../../src/core/secret.ts'
import { hides } from '../helpers/errors.ts'

const HOST = 'hidden.example'

const test = suite('core/hiding')

test('every place of every value, and nothing else', () => {
  const hiding = new Hiding()
  assert.is(hiding.hide(`dial ${HOST}`), `dial ${HOST}`, 'not known yet')
  hiding.add(new Secret(HOST))
  hiding.add(new Secret('10.9.8.7'))
  assert.is(
    hiding.hide(`look up "${HOST}" ${HOST}: 10.9.8.7:22`),
    'look up "[secret]" [secret]: [secret]:22',
  )
})

test('a value in another case, and one with characters of regular expressions', () => {
  const hiding = new Hiding()
  for (const value of [HOST, 'a.b*c', '[2001:db8::1]', 'x\\d/$&', 'Straße']) {
    hiding.add(new Secret(value))
    assert.is(hiding.hide(`<${value}>`), '<[secret]>')
  }
  assert.is(hiding.hide('HIDDEN.Example hiddenxexample aXb*c'), '[secret] hiddenxexample aXb*c')
})

test('a value that is too short to be told from other words stays', () => {
  const hiding = new Hiding()
  for (const value of ['', 'a', 'abc']) hiding.add(new Secret(value))
  assert.is(hiding.hide('a bad abc'), 'a bad abc')
})

test('an error keeps all but the value', () => {
  const hiding = new Hiding()
  hiding.add(new Secret(HOST))
  const details = { hint: `ping ${HOST}`, skipped: true }
  const hidden = hiding.hideIn(new BywayError('UNAVAILABLE', `look up ${HOST}`, details))
  assert.instance(hidden, BywayError)
  const { exit, message, hint, skipped } = hidden as BywayError
  assert.equal(
    [exit, message, hint, skipped],
    ['UNAVAILABLE', 'look up [secret]', 'ping [secret]', true],
  )
  hides(hidden, HOST)
})

test('an error that says nothing secret, and one that is not ours, stay the same', () => {
  const hiding = new Hiding()
  hiding.add(new Secret(HOST))
  for (const error of [new BywayError('IOERR', 'broken'), new TypeError(HOST), 'text']) {
    assert.is(hiding.hideIn(error), error)
  }
})

test.run()
