import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askStatus, askStop } from '../../src/daemons/lease.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caughtByway } from '../helpers/errors.ts'
import { listen } from '../helpers/listen.ts'

const test = suite('daemons/lease: the end')

/** A folder in which a keeper has the claim that treats its connections so. */
async function keep(serve: Parameters<typeof listen>[0]) {
  const folder = makeFolder()
  const path = join(folder, 'keeper')
  const server = await listen(serve, { path })
  linkSync(path, join(folder, 'claim.1'))
  return { folder, server }
}

test('a keeper that was stopped (SIGSTOP) is not waited for without an end', async () => {
  const { folder, server } = await keep((socket) => socket.resume())
  const error = await caughtByway('UNAVAILABLE', askStop(folder, 50))
  assert.match(error.message, /^the keeper of ".*" does not end$/)
  server.stop()
})

test('a keeper that resets the connection is gone', async () => {
  const { folder, server } = await keep((socket) => socket.once('data', () => socket.destroy()))
  assert.is(await askStop(folder), true)
  server.stop()
})

for (const [name, says] of [
  ['nothing', ''],
  ['what is no JSON', 'SSH-2.0-x\r\n'],
  ['null', 'null\n'],
  ['another answer', '{"say":"authorized"}\n'],
  ['a list', '[]\n'],
] as const) {
  test(`a status that is ${name} is none`, async () => {
    const { folder, server } = await keep((socket) => socket.end(says))
    assert.is(await askStatus(folder), null)
    server.stop()
  })
}

test.run()
