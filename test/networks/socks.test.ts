import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SocksProxy } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import { makeSocks } from '../../src/networks/socks.ts'
import { caught, caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const URL = 'socks5h://me:hunter2@proxy.example:1081'
const HOST = { at: { plain: 'web.office.example' } }
const { signal } = new AbortController()

const test = suite('networks/socks')

for (const speaks of [true, false]) {
  const expected = {
    state: speaks ? 'running' : 'absent',
    detail: `proxy.example:1081 ${speaks ? 'speaks' : 'does not speak'} SOCKS5`,
  }
  test(`state: ${expected.detail}`, async () => {
    const means = fakeMeans({ readSetting, speaksSocks: async () => speaks })
    const state = await makeSocks(means).state(fakeNetwork('socks', { socks: URL }), signal)
    assert.equal(state, expected)
  })
}

test('state passes its signal on', async () => {
  const signals: AbortSignal[] = []
  const speaksSocks = async (_: SocksProxy, given: AbortSignal) => signals.push(given) > 0
  const means = fakeMeans({ readSetting, speaksSocks })
  await makeSocks(means).state(fakeNetwork('socks', { socks: URL }), signal)
  assert.equal(signals, [signal])
})

test('dials by the proxy, and lets it resolve the name', async () => {
  const connection = fakeConnection('x')
  const dialled: unknown[] = []
  const means = fakeMeans({
    readSetting,
    reveal: async () => new Secret('web.office.example'),
    socks: ({ at, user, password }, { host, port }) => {
      dialled.push(at, user, password?.reveal(), host instanceof Secret && host.reveal(), port)
      return Promise.resolve(connection)
    },
  })
  const route = fakeRoute(fakeNetwork('socks', { socks: URL }), HOST)
  assert.is(await makeSocks(means).dial(route, new FakeAttempt()), connection)
  const at = { host: 'proxy.example', port: 1081 }
  assert.equal(dialled, [at, 'me', 'hunter2', 'web.office.example', 2222])
})

test('the setting is read when it is needed: it may be kept in its source', async () => {
  const excerpt = { source: '/inventory.json', offset: 7, length: 39, state: '' }
  const asked: unknown[] = []
  const means = fakeMeans({
    readSetting: (setting) => {
      asked.push(setting)
      return Promise.resolve(new Secret(URL))
    },
    speaksSocks: async () => true,
  })
  await makeSocks(means).state(fakeNetwork('socks', { socks: { excerpt } }), signal)
  assert.equal(asked, [{ excerpt }])
})

test('no setting says where the proxy is', async () => {
  const route = fakeRoute(fakeNetwork('office'), HOST)
  const technology = makeSocks(fakeMeans({}))
  const error = await caughtByway('CONFIG', technology.dial(route, new FakeAttempt()))
  assert.is(error.message, 'network "office": no "socks" says where its proxy is')
  assert.match(error.hint ?? '', 'networks.office.socks')
})

test('a setting that is no address is the error, and is not shown', async () => {
  const means = fakeMeans({ readSetting: async () => new Secret('me:hunter2@proxy:99999') })
  const route = fakeRoute(fakeNetwork('office', { socks: 'x' }), HOST)
  const error = await caughtByway('CONFIG', makeSocks(means).dial(route, new FakeAttempt()))
  hides(error, 'hunter2')
})

test('the host is not revealed before the proxy is known', async () => {
  const fault = new Error('source gone')
  const means = fakeMeans({ readSetting: () => Promise.reject(fault) })
  const route = fakeRoute(fakeNetwork('office', { socks: 'x' }), HOST)
  assert.is(await caught(makeSocks(means).dial(route, new FakeAttempt())), fault)
})

test.run()

function readSetting(setting: unknown): Promise<Secret> {
  return Promise.resolve(new Secret(String(setting)))
}
