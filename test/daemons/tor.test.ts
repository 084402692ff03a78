import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Tor } from '../../src/daemons/tor.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { soon } from '../helpers/soon.ts'

const ONION = 'q'.repeat(56)
const KEY = 'c2VjcmV0LWtleQ=='

/** A tor as far as its keeper sees one; what it does when it is given a key is to be filled in. */
const FAKE = `#!/usr/bin/python3
import os, socket, sys
folder = os.path.dirname(sys.argv[2])
open(os.path.join(folder, 'cookie'), 'wb').write(bytes(32))
server = socket.socket(socket.AF_UNIX)
server.bind(os.path.join(folder, 'control'))
server.listen()
print('listening', flush=True)
control, _ = server.accept()
for line in control.makefile():
    if not line.startswith('ONION_CLIENT_AUTH_ADD'):
        control.sendall(b'250-BOOTSTRAP PROGRESS=100\\r\\n250 OK\\r\\n')
    else:
        WITH_KEY
`

const ANSWERS: readonly [name: string, does: string, message: string | null][] = [
  ['takes it', "control.sendall(b'250 OK\\r\\n')", null],
  ['refuses it', `control.sendall(b'552 not ${ONION}\\r\\n')`, 'it says 552'],
  ['closes its connection', 'control.shutdown(2)', 'it has closed its control connection'],
  ['says nothing for 10 s', 'pass', 'it does not answer'],
]

const test = suite('daemons/tor')
const started: Tor[] = []

test.after.each(async () => {
  await Promise.all(started.splice(0).map((tor) => tor.stop()))
})

for (const [name, does, message] of ANSWERS) {
  test(`a client key: tor ${name}`, async () => {
    const tor = await startFake(does)
    await soon('tor is ready', tor.whenReady())
    const given = tor.authorize(ONION, KEY)
    if (message === null) await given
    else {
      const error = await caughtByway('UNAVAILABLE', soon('an answer', given))
      assert.is(error.message, `tor does not take the client key: ${message}`)
      hides(error, ONION, KEY)
    }
  })
}

test('a client key for what is no onion name: tor is not asked', async () => {
  const tor = await startFake('sys.exit()')
  const error = await caughtByway('UNAVAILABLE', tor.authorize(`${ONION}\r\nSIGNAL HALT`, KEY))
  assert.is(error.message, 'tor does not take the client key: the name or the key is malformed')
})

test('a client key before tor can be asked', async () => {
  const tor = await startFake('pass')
  const error = await caughtByway('UNAVAILABLE', tor.authorize(ONION, KEY))
  assert.is(error.message, 'tor does not take the client key: it is not ready')
})

test.run()

async function startFake(withKey: string): Promise<Tor> {
  const folder = makeFolder()
  const binary = join(folder, 'tor')
  writeFileSync(binary, FAKE.replace('WITH_KEY', withKey))
  chmodSync(binary, 0o755)
  const launch = { kind: 'tor', binary, torrc: null } as const
  const order = { name: 'tor', runtime: folder, data: join(folder, 'data'), linger: 1, launch }
  const tor = await Tor.start(order, { folder, tell: () => {} })
  started.push(tor)
  return tor
}
