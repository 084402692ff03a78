import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readJsonLines, sendJsonLine } from '../../src/daemons/json-lines.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { listen } from '../helpers/listen.ts'
import { Random } from '../helpers/random.ts'

const lines = suite('daemons/json-lines')

/** What one side takes of these bytes, until the other is closed or has said all. */
async function take(pieces: readonly (string | Buffer)[]): Promise<unknown[]> {
  const path = join(makeFolder(), 'socket')
  const taken: unknown[] = []
  const server = await listen((socket) => readJsonLines(socket, (one) => taken.push(one)), { path })
  const client = connect({ path })
  client.on('error', () => {})
  const socket = await server.next()
  for (const piece of pieces) {
    if (!client.destroyed) await new Promise((resolve) => client.write(piece, resolve))
  }
  const closed = once(socket, 'close')
  client.end()
  socket.on('end', () => socket.end())
  await closed
  server.stop()
  return taken
}

lines('messages come whole, however they are cut', async () => {
  const random = new Random('json-lines')
  const messages = Array.from({ length: 50 }, (_, i) => ({ i, text: `ü東\\n"${'x'.repeat(i)}` }))
  const bytes = Buffer.from(messages.map((one) => `${JSON.stringify(one)}\n`).join(''))
  assert.equal(await take(random.chop(bytes, 20)), messages)
})

const ENDED: readonly [name: string, said: string][] = [
  ['what is no JSON', 'GET / HTTP/1.1\r\n'],
  ['half a message', '{"ask":\n'],
  ['a line without an end', 'x'.repeat(200_000)],
]

for (const [name, said] of ENDED) {
  lines(`${name} ends the connection; what came before counts, what comes after not`, async () => {
    assert.equal(await take(['{"good":1}\n', `${said}\n{"good":2}\n`]), [{ good: 1 }])
  })
}

lines('whoever takes a message and fails ends the connection, and nothing else', async () => {
  const path = join(makeFolder(), 'socket')
  const server = await listen(
    (socket) =>
      readJsonLines(socket, () => {
        throw new Error('of the taker')
      }),
    { path },
  )
  const client = connect({ path })
  sendJsonLine(client, {})
  client.resume()
  await once(client, 'close')
  sendJsonLine(client, { after: 'the end' })
  server.stop()
})

lines.run()
