import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Attempt } from '../../src/core/types.ts'
import { dialHttpConnect } from '../../src/transports/http-connect.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { dialUpgrade } from '../../src/transports/upgrade.ts'
import { caught } from '../helpers/errors.ts'
import { abortedInTheGap } from '../helpers/gap-attempt.ts'
import { type ScriptedProxy, startScript } from '../helpers/scripted-proxy.ts'
import { soon } from '../helpers/soon.ts'

const TARGET = { host: 'web.example', port: 22 }
const UPGRADE = { method: 'POST', path: '/', protocol: 'x', headers: {} } as const

const test = suite('transports: an abort just after the proxy was connected')

const DIALS: Readonly<
  Record<string, (proxy: ScriptedProxy, attempt: Attempt) => Promise<unknown>>
> = {
  'http-connect': ({ host, port }, attempt) =>
    dialHttpConnect({ host, port, tls: false }, TARGET, attempt),
  socks: ({ at }, attempt) => dialSocks({ at }, TARGET, attempt),
  upgrade: ({ at }, attempt) => dialUpgrade({ at, description: 'service' }, UPGRADE, attempt),
}

for (const [name, dial] of Object.entries(DIALS)) {
  test(`${name}: its connection ends`, async () => {
    const proxy = await startScript([])
    const next = proxy.next()
    const dialled = caught(dial(proxy, abortedInTheGap('another won')))
    const peer = await next
    const ended = new Promise<void>((resolve) =>
      peer
        .resume()
        .once('end', resolve)
        .once('error', () => resolve()),
    )
    assert.is(await soon('the dial', dialled), 'another won')
    await soon('the end of the connection', ended)
    proxy.stop()
  })
}

test.run()
