import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countStreamsTo } from '../../src/daemons/streams.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { start } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'

/** A process that descends from nobody here: the daemon whose own sockets do not count. */
const NOBODY = 0x7fffffff

const streams = suite('daemons/streams')

/** Connects to what it is given, and waits. */
function startClient(where: object, host = process.execPath) {
  const script = `require('net').connect(${JSON.stringify(where)}, () => console.log('in'))`
  return start([host, '-e', script])
}

for (const [name, listening] of [
  ['a port', { host: '127.0.0.1', port: 0 }],
  ['a port, IPv6', { host: '::1', port: 0 }],
  ['a unix socket', { path: '' }],
] as const) {
  streams(`${name}: each open stream counts, as long as it is open`, async () => {
    const server = createServer((socket) => socket.on('error', () => {}))
    const path = join(makeFolder(), 'socket')
    server.listen('path' in listening ? { path } : listening)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const place = 'path' in listening ? { path } : { host: listening.host, port }
    assert.is(countStreamsTo(place, NOBODY), 0)
    const clients = [startClient(place), startClient(place)]
    for (const client of clients) await client.says('in')
    assert.is(countStreamsTo(place, NOBODY), 2)
    if (!('path' in place)) {
      assert.is(countStreamsTo(place, clients[0]?.pid ?? 0), 1, "the daemon's own left out")
      assert.is(countStreamsTo({ ...place, port: 1 }, NOBODY), 0, 'another port')
    }
    for (const client of clients) client.kill()
    await until('both are closed', () => countStreamsTo(place, NOBODY) === 0)
    server.close()
  })
}

streams.run()
