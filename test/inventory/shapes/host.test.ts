import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isUser, readPlainHost } from '../../../src/inventory/shapes/host.ts'

const test = suite('inventory/shapes/host')

const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion'
const PORT = 'a port from 1 to 65535'
const HOST = 'an address, a name or user@host:port'

const READ: [string, object][] = [
  ['web.example.com', { at: { plain: 'web.example.com' } }],
  ['  web \n', { at: { plain: 'web' } }],
  ['192.0.2.7', { at: { plain: '192.0.2.7' } }],
  ['192.0.2.7:2222', { at: { plain: '192.0.2.7' }, port: 2222 }],
  ['deploy@web:2202', { at: { plain: 'web' }, port: 2202, user: 'deploy' }],
  ['me@corp.example@web', { at: { plain: 'web' }, user: 'me@corp.example' }],
  ['ssh://root@web:22/', { at: { plain: 'web' }, port: 22, user: 'root' }],
  ['5f3:1ab:20::371\n', { at: { plain: '5f3:1ab:20::371' } }],
  ['root@2001:db8::17', { at: { plain: '2001:db8::17' }, user: 'root' }],
  ['[2001:db8::17]', { at: { plain: '2001:db8::17' } }],
  ['[2001:db8::17]:2222', { at: { plain: '2001:db8::17' }, port: 2222 }],
  ['fe80::1%eth0', { at: { plain: 'fe80::1%eth0' } }],
  ['::1', { at: { plain: '::1' } }],
  [ONION, { at: { plain: ONION }, technology: 'tor' }],
  [`root@${ONION}:2222`, { at: { plain: ONION }, port: 2222, user: 'root', technology: 'tor' }],
  ['ABC.Onion', { at: { plain: 'ABC.Onion' }, technology: 'tor' }],
  ['abc.onion.', { at: { plain: 'abc.onion' }, technology: 'tor' }],
  ['onion', { at: { plain: 'onion' } }],
]

for (const [text, host] of READ) {
  test(`reads ${JSON.stringify(text)}`, () => {
    assert.equal(readPlainHost(text), { host, sshOptions: [] })
  })
}

for (const text of ['', ' ', '\n', '\t\r\n', 'ssh://']) {
  test(`nothing is in ${JSON.stringify(text)}`, () => assert.is(readPlainHost(text), null))
}

const REFUSED: [string, string][] = [
  ['-oProxyCommand=x', HOST],
  ['root@-oProxyCommand=x', HOST],
  ['a b', HOST],
  ['a\u0000b', HOST],
  ['a\u001b[2Jb', HOST],
  ['a\nb', HOST],
  ['$(id)', HOST],
  ['a;id', HOST],
  ['web/path', HOST],
  ['[web]', HOST],
  ['[::1', HOST],
  ['a]', HOST],
  ['[::1]x', HOST],
  ['a[b', HOST],
  ['a,b', HOST],
  ['[]', HOST],
  ['root@', HOST],
  [':22', HOST],
  ['web:', PORT],
  ['web:0', PORT],
  ['web:65536', PORT],
  ['web:22x', PORT],
  ['web:+22', PORT],
  ['a:b:c', HOST],
  ['[::1]:99999', PORT],
  ['2001:db8::zz', HOST],
  ['@web', 'a user that ssh would take'],
  ['-l@web', 'a user that ssh would take'],
  ['user:password@web', 'a user that ssh would take'],
  ['a b@web', 'a user that ssh would take'],
  ['web?Port', 'options as ?Option=value'],
  ['web?-o=x', 'options as ?Option=value'],
  ['web?A=b\nProxyCommand=x', 'options as ?Option=value'],
  ['a'.repeat(3000), 'a host of at most 2048 characters'],
]

for (const [text, problem] of REFUSED) {
  test(`refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.equal(readPlainHost(text), { problem })
  })
}

test('takes the options of an ssh URI', () => {
  assert.equal(readPlainHost('me@web:22?Compression=yes&ServerAliveInterval=5&'), {
    host: { at: { plain: 'web' }, port: 22, user: 'me' },
    sshOptions: ['-oCompression=yes', '-oServerAliveInterval=5'],
  })
})

test('the host is a piece of the text, letter for letter', () => {
  for (const [text] of READ.filter(([, host]) => 'at' in host)) {
    const reading = readPlainHost(text)
    assert.ok(reading !== null && 'host' in reading && 'plain' in reading.host.at)
    assert.ok(text.includes(reading.host.at.plain))
  }
})

const USERS: [string, boolean][] = [
  ['root', true],
  ['me@corp.example', true],
  ['_svc.1', true],
  ['', false],
  ['-root', false],
  ['a b', false],
  ['a:b', false],
  ['a"b', false],
  ['a\tb', false],
  ['u'.repeat(256), false],
]

for (const [text, wanted] of USERS) {
  test(`the user ${JSON.stringify(text.slice(0, 20))} is ${wanted ? 'taken' : 'refused'}`, () => {
    assert.is(isUser(text), wanted)
  })
}

test.run()
