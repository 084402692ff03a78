import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/core/secret.ts'
import { describeProxy, parseSocksUrl } from '../../src/networks/socks-url.ts'
import { caughtByway, hides } from '../helpers/errors.ts'

const test = suite('networks/socks-url')

interface Read {
  readonly shown: string
  readonly user?: string
  readonly password?: string
}

const SOUND: readonly [url: string, expected: Read][] = [
  ['127.0.0.1:9050', { shown: '127.0.0.1:9050' }],
  ['proxy.example', { shown: 'proxy.example:1080' }],
  ['  proxy.example:1 \n', { shown: 'proxy.example:1' }],
  ['[::1]:9050', { shown: '[::1]:9050' }],
  ['[::1]', { shown: '[::1]:1080' }],
  ['::1', { shown: '[::1]:1080' }],
  ['2001:db8:1:2:3:4:5:6', { shown: '[2001:db8:1:2:3:4:5:6]:1080' }],
  ['socks5://proxy.example:1081', { shown: 'proxy.example:1081' }],
  ['socks5h://proxy.example:1081/', { shown: 'proxy.example:1081' }],
  ['socks5h://[::1]:1081', { shown: '[::1]:1081' }],
  ['unix:/run/tor/socks', { shown: '/run/tor/socks' }],
  ['unix:/run/a b@c:d', { shown: '/run/a b@c:d' }],
  ['me:hunter2@proxy:1', { shown: 'proxy:1', user: 'me', password: 'hunter2' }],
  ['socks5h://me:hunter2@proxy', { shown: 'proxy:1080', user: 'me', password: 'hunter2' }],
  ['socks5h://me@proxy', { shown: 'proxy:1080', user: 'me', password: '' }],
  ['socks5h://me:@proxy', { shown: 'proxy:1080', user: 'me', password: '' }],
  ['socks5h://me:a:b@proxy', { shown: 'proxy:1080', user: 'me', password: 'a:b' }],
  ['socks5h://me:a@b@proxy', { shown: 'proxy:1080', user: 'me', password: 'a@b' }],
  ['socks5h://m%40e:p%3a%2f%25@proxy', { shown: 'proxy:1080', user: 'm@e', password: 'p:/%' }],
  ['socks5h://j%C3%BCrgen:x@[::1]:1', { shown: '[::1]:1', user: 'jürgen', password: 'x' }],
]

for (const [url, expected] of SOUND) {
  test(JSON.stringify(url), () => {
    const { user, password, ...proxy } = parseSocksUrl(new Secret(url), 'office')
    assert.is(describeProxy(proxy), expected.shown)
    assert.equal([user, password?.reveal()], [expected.user, expected.password])
  })
}

const BROKEN: readonly string[] = [
  '',
  ' ',
  ':1080',
  'hunter2:0',
  'hunter2:65536',
  'hunter2:port',
  'http://hunter2:8080',
  'socks4://hunter2',
  'socks5h://',
  'socks5h://me:hunter2@',
  'me:hunter2@:1080',
  'socks5h://me:hunter2%@proxy',
  'socks5h://me:hunter2%ff@proxy',
  'socks5h://me:hunter2@proxy/path',
  '[::1:hunter2',
  'unix:hunter2',
]

for (const url of BROKEN) {
  test(`no proxy: ${JSON.stringify(url)}`, async () => {
    const error = await caughtByway('CONFIG', () => parseSocksUrl(new Secret(url), 'office'))
    assert.is(error.message, 'network "office": its "socks" is no address of a proxy')
    hides(error, 'hunter2')
  })
}

test.run()
