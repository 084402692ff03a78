import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { HttpProxy } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt } from '../../src/core/types.ts'
import { makeHttp, parseHttpUrl } from '../../src/networks/http.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const HOST = { at: { plain: 'web.office.example' } }

const test = suite('networks/http')

const URLS: readonly [url: string, proxy: string][] = [
  ['http://proxy', 'proxy:80'],
  ['http://proxy/', 'proxy:80'],
  ['http://proxy.example:3128', 'proxy.example:3128'],
  ['https://proxy', 'proxy:443 tls'],
  ['https://proxy:8443/', 'proxy:8443 tls'],
  ['http://[2001:db8::1]:3128', '2001:db8::1:3128'],
  ['http://me@proxy:1', 'proxy:1 me/'],
  ['http://me:hunter2@proxy:1', 'proxy:1 me/hunter2'],
  ['https://a%40b:p%3Aw%2F%25@proxy', 'proxy:443 tls a@b/p:w/%'],
  ['http://j%C3%BCrgen:p%C3%A4ss@proxy', 'proxy:80 jürgen/päss'],
]

for (const [url, proxy] of URLS) {
  test(`reads ${url}`, () => assert.is(show(parseHttpUrl(new Secret(url), 'office')), proxy))
}

for (const url of ['', 'proxy:3128', 'socks5h://proxy', 'http://', 'http://me:%zz@proxy', 'x']) {
  test(`"${url}" is no address of a proxy`, async () => {
    const error = await caughtByway('CONFIG', () => parseHttpUrl(new Secret(url), 'office'))
    assert.is(error.message, 'network "office": its "http" is no address of a proxy')
    hides(error, '%zz', 'socks5h')
  })
}

for (const [url, untouched, way] of [
  ['http://me:hunter2@proxy:1', false, 'httpConnect'],
  ['http://me:hunter2@proxy:1', true, 'httpConnect'],
  ['https://me:hunter2@proxy:1', false, 'httpConnect'],
  ['https://me:hunter2@proxy:1', true, 'relayed'],
] as const) {
  test(`${url.slice(0, 5)}, ${untouched ? 'a raw socket' : 'any stream'}: by ${way}`, async () => {
    const connection = fakeConnection('x')
    const means = fakeMeans({
      readSetting: async (setting) => new Secret(String(setting)),
      reveal: async () => new Secret('web.office.example'),
      [way]: async () => connection,
    })
    const attempt: Attempt = Object.assign(new FakeAttempt(), { untouched })
    const route = fakeRoute(fakeNetwork('office', { http: url }), HOST)
    assert.is(await makeHttp(means).dial(route, attempt), connection)
  })
}

test('a network that names no proxy', async () => {
  const work = makeHttp(fakeMeans({})).dial(
    fakeRoute(fakeNetwork('office'), HOST),
    new FakeAttempt(),
  )
  const error = await caughtByway('CONFIG', work)
  assert.is(error.message, 'network "office": no "http" says where its proxy is')
})

test('state: where the proxy is, without user and password', async () => {
  const means = fakeMeans({ readSetting: async () => new Secret('http://me:hunter2@[::1]:3128') })
  const network = fakeNetwork('office', { http: 'x' })
  const { state, detail } = await makeHttp(means).state(network, new AbortController().signal)
  assert.is(state, 'running')
  assert.is(detail, 'proxy at [::1]:3128, not asked')
})

test.run()

function show({ host, port, tls, user, password }: HttpProxy): string {
  const login = user === undefined ? '' : ` ${user}/${password?.reveal() ?? ''}`
  return `${host}:${port}${tls ? ' tls' : ''}${login}`
}
