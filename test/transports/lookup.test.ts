import type { LookupAddress } from 'node:dns'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { interleave, lookupAddresses, lookupsPending } from '../../src/transports/lookup.ts'
import { caught } from '../helpers/errors.ts'
import { settled } from '../helpers/fake-clock.ts'
import type { LookedUp } from '../helpers/look-up-names.ts'
import { runWithNames } from '../helpers/name-world.ts'
import { suite } from '../helpers/suite.ts'

const PROGRAM = fileURLToPath(new URL('../helpers/look-up-names.ts', import.meta.url))

const test = suite('transports/lookup')

const ORDERS: readonly [name: string, found: string, expected: string][] = [
  ['nothing', '', ''],
  ['one', '4a', '4a'],
  ['one family', '4a 4b 4c', '4a 4b 4c'],
  ['already alternating', '6a 4a 6b 4b', '6a 4a 6b 4b'],
  ['IPv6 first', '6a 6b 4a 4b', '6a 4a 6b 4b'],
  ['IPv4 first', '4a 4b 6a 6b', '4a 6a 4b 6b'],
  ['more of the first', '6a 6b 6c 4a', '6a 4a 6b 6c'],
  ['more of the second', '6a 4a 4b 4c', '6a 4a 4b 4c'],
  ['mixed', '4a 6a 6b 4b 6c', '4a 6a 4b 6b 6c'],
]

for (const [name, found, expected] of ORDERS) {
  test(`alternating families: ${name}`, () => {
    assert.equal(interleave(parse(found)), split(expected))
  })
}

test('aborted before it begins: no lookup is started', async () => {
  const lookup = lookupAddresses('localhost', AbortSignal.abort('never mind'))
  const pending = lookupsPending()
  assert.is(await caught(lookup), 'never mind')
  assert.not.ok(pending, 'it could not be cancelled any more')
})

test('children do not inherit the number of threads', async () => {
  const lookup = lookupAddresses('localhost', new AbortController().signal)
  assert.is(process.env['UV_THREADPOOL_SIZE'], undefined)
  await lookup
  await settled()
  assert.not.ok(lookupsPending())
})

test.run()

const names = suite<{ results: Readonly<Record<string, LookedUp>> }>('transports/lookup: names')

names.before(async (context) => {
  const found = await runWithNames(PROGRAM, '127.0.0.7 known\n127.0.0.8 known\n', [])
  context.results = found as Readonly<Record<string, LookedUp>>
})

names('the hosts file counts', ({ results }) => {
  assert.equal(results['known']?.addresses, ['127.0.0.7', '127.0.0.8'])
})

names('a name server that is silent', ({ results }) => {
  assert.is(results['unknown']?.error, 'look up "unknown.test": name server does not answer')
})

names('an abort does not wait for the name server', ({ results }) => {
  assert.is(results['aborted']?.error, 'aborted')
  assert.ok((results['aborted']?.ms ?? 0) < 3000)
  assert.is(results['aborted']?.pending, true)
})

names('silent lookups beside it do not hold up one that is known', ({ results }) => {
  assert.equal(results['beside']?.addresses, ['127.0.0.7', '127.0.0.8'])
  assert.ok((results['beside']?.ms ?? 9000) < 3000)
})

names.run()

function split(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function parse(text: string): LookupAddress[] {
  return split(text).map((word) => ({ address: word, family: Number(word[0]) }))
}
