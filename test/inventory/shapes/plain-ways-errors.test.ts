import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseInventory } from '../../../src/inventory/parse.ts'
import { caughtByway } from '../../helpers/errors.ts'

const test = suite('inventory/shapes/plain, errors of proxies and jump hosts')

const HTTP =
  'expected "http://host:port" or "https://host:port", with "user:password@" before the host'
const JUMP = 'expected a machine or [user@]host[:port], several with commas'

const PROXIES = [
  'proxy:3128',
  'socks5h://proxy',
  'http://',
  'http://me:hunter2@',
  'http://me:hunter2@proxy:65536',
  'http://me:hunter2@proxy/path',
  'http://me:hunter2@pro xy',
  'https://-x',
]

for (const http of PROXIES) {
  test(`HTTP proxy ${http}`, async () => {
    const { message } = await refuse({ http })
    const found = `found a text of ${http.length} characters`
    assert.is(message, `i.json: networks.office.http: ${found}, ${HTTP}`)
  })
}

const JUMPS = ['', '-oProxyCommand=x', 'a,-b', 'a;id', 'me@', '@gate', 'gate:0', 'a,,b', 'a b']

for (const jump of JUMPS) {
  test(`jump host "${jump}"`, async () => {
    const { message } = await refuse({ jump })
    const found = jump === '' ? 'an empty text' : `"${jump}"`
    assert.is(message, `i.json: networks.office.jump: found ${found}, ${JUMP}`)
  })
}

test('a jump host that is a list', async () => {
  const { message } = await refuse({ jump: ['gate'] })
  assert.is(message, `i.json: networks.office.jump: found a list, ${JUMP}`)
})

const OPTIONS = ['-J gate:65536', '-J me@', '-oProxyJump=-x', '-oProxyJump="a;b"']

for (const option of OPTIONS) {
  test(`SSHOptions with ${option}`, async () => {
    const peers = { web: { host: 'x', SSHOptions: [option] } }
    const { message } = await refuse({ peers })
    assert.match(message, /SSHOptions: found a jump host that ssh would not take, expected/)
  })
}

test.run()

function refuse(network: object) {
  const text = JSON.stringify({ networks: { office: network } })
  return caughtByway('DATAERR', () => parseInventory(text, 'i.json'))
}
