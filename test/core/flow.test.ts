import { once } from 'node:events'
import * as assert from 'uvu/assert'
import { caught, caughtByway } from '../helpers/errors.ts'
import { settled } from '../helpers/fake-clock.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { meetPulled } from '../helpers/meet-pulled.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { suite } from '../helpers/suite.ts'

const test = suite<{ server: Listener }>('core/flow')
const random = new Random('core/flow')

test.before(async (context) => {
  context.server = await listen(() => {})
})
test.after(({ server }) => server.stop())

test('it flows, byte for byte, into one that takes at once and one that takes its time', async ({
  server,
}) => {
  for (const slow of [false, true]) {
    const { pulled, peer } = await meetPulled(server)
    const bytes = random.bytes(1_000_000)
    const taken: Buffer[] = []
    const flowing = pulled.flow((piece) => {
      const keep = () => void taken.push(Buffer.from(piece))
      if (slow) return settled().then(keep)
      keep()
      return null
    })
    for (const piece of random.chop(bytes, 50_000)) peer.write(piece)
    peer.end()
    await soon('the end', flowing)
    assert.ok(Buffer.concat(taken).equals(bytes))
    pulled.close()
  }
})

test('what was read before somebody asked flows first', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server, true)
  peer.end('abc')
  assert.equal(await pulled.read(), new Uint8Array(Buffer.from('a')))
  pulled.widen()
  const taken: string[] = []
  const flowing = pulled.flow((piece) => {
    taken.push(String(Buffer.from(piece)))
    return null
  })
  await soon('the end', flowing)
  assert.is(taken.join(''), 'bc')
  pulled.close()
})

test('a connection that breaks is told when what came before is taken', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  let release = () => {}
  const first = new Promise<void>((resolve) => peer.write('x', () => resolve()))
  let over = false
  const take = () =>
    new Promise<void>((resolve) => {
      release = resolve
    })
  const flowing = caughtByway('IOERR', pulled.flow(take)).then(() => {
    over = true
  })
  await first
  while (pulled.socket.bytesRead === 0) await settled()
  pulled.close()
  for (let turn = 0; turn < 20; turn++) await settled()
  assert.not.ok(over)
  release()
  await soon('the failure', flowing)
})

test('a taker that fails ends the flow with its own error, and nothing more is read', async ({
  server,
}) => {
  const { pulled, peer } = await meetPulled(server)
  peer.write('x')
  const full = new Error('full')
  const error = await caught(pulled.flow(() => Promise.reject(full)))
  assert.is(error, full)
  peer.write('y')
  for (let turn = 0; turn < 100; turn++) await settled()
  assert.is(pulled.socket.bytesRead, 1)
  pulled.close()
})

test('bytes of which a write says that they are there may be overwritten', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const bytes = new Uint8Array(1000)
  const sent: Buffer[] = []
  const heard: Buffer[] = []
  peer.on('data', (piece) => heard.push(piece))
  let atOnce = 0
  for (let i = 0; i < 5000; i++) {
    bytes.fill(i % 251)
    sent.push(Buffer.from(bytes))
    const written = pulled.write(bytes)
    if (written === null) atOnce += 1
    await written
  }
  assert.ok(atOnce > 0, 'none was there at once')
  const end = once(peer, 'end')
  void pulled.end()
  await soon('the end', end)
  assert.ok(Buffer.concat(heard).equals(Buffer.concat(sent)))
  pulled.close()
})

test.run()
