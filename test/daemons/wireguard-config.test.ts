import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readWireguardConfig } from '../../src/daemons/overlays/wireguard-config.ts'

const KEY = `${'A'.repeat(43)}=`
const OTHER = `${'B'.repeat(43)}=`
const FILE = `# home
[Interface]
PrivateKey = ${KEY}   # mine
Address = 10.9.0.1/24, fd00::1/64
address=10.9.1.1/32
DNS = 10.9.0.53
MTU = 1380
ListenPort = 51820
PostUp = touch /tmp/x

[Peer]
PublicKey = ${OTHER}
AllowedIPs = 10.9.0.0/24, fd00::/64
Endpoint = vpn.example.net:51820
[Peer]
PublicKey = ${OTHER}
AllowedIPs = 0.0.0.0/0
`

const config = suite('daemons: wg-quick files')

config('taken apart: what wg takes, and what ip is told', () => {
  const { stripped, ...rest } = readWireguardConfig(FILE, null)
  assert.equal(rest, {
    privateKey: KEY,
    addresses: ['10.9.0.1/24', 'fd00::1/64', '10.9.1.1/32'],
    mtu: '1380',
    allowed: ['10.9.0.0/24', 'fd00::/64', '0.0.0.0/0'],
  })
  assert.is(
    stripped.split('\n').slice(0, 3).join('\n'),
    `[Interface]\nPrivateKey = ${KEY}\nListenPort = 51820`,
  )
  assert.is(stripped.match(/\[Peer\]/g)?.length, 2)
  assert.not.match(stripped, /Address|DNS|MTU|PostUp|#/)
})

config('the key comes from elsewhere, where the file has none', () => {
  const without = FILE.replace(/PrivateKey.*\n/, '')
  assert.is(readWireguardConfig(without, `${OTHER}\n`).privateKey, OTHER)
  assert.is(readWireguardConfig(FILE, OTHER).privateKey, KEY, 'its own counts')
})

/** What wg-quick(8) takes, and `ip route` would refuse, or not know for a default. */
const PREFIXES: Readonly<Record<string, readonly [said: string, allowed: readonly string[]]>> = {
  'host bits': ['10.88.0.2/24, fd00::2/64', ['10.88.0.0/24', 'fd00::/64']],
  'defaults as providers write them': ['0.0.0.0/0,::0/0', ['0.0.0.0/0', '::/0']],
  'one prefix, twice': ['10.88.0.2/24, 10.88.0.3/24', ['10.88.0.0/24']],
  'an address alone': ['10.88.0.2', ['10.88.0.2/32']],
}

for (const [name, [said, allowed]] of Object.entries(PREFIXES)) {
  config(`AllowedIPs with ${name}`, () => {
    const text = `[Interface]\nAddress = 10.88.0.1/24\n[Peer]\nAllowedIPs = ${said}\n`
    assert.equal(readWireguardConfig(text, KEY).allowed, allowed)
  })
}

const REFUSED: Readonly<Record<string, readonly [text: string, key: string | null]>> = {
  'no key at all': [FILE.replace(/PrivateKey.*\n/, ''), null],
  'a key that is none': [FILE.replace(KEY, 'secret'), null],
  'no address': [FILE.replace(/address.*\n/gi, ''), null],
  'no [Interface]': ['[Peer]\n', KEY],
  'two of them': [`${FILE}\n[Interface]\n`, KEY],
  'an address that a shell would run': [FILE.replace('10.9.0.1/24', '$(id)'), null],
  'a prefix that a shell would run': [FILE.replace('0.0.0.0/0', '*'), null],
  'a prefix that is too long': [FILE.replace('fd00::/64', 'fd00::/129'), null],
  nothing: ['', null],
}

for (const [name, [text, key]] of Object.entries(REFUSED)) {
  config(`${name}: refused, without a word of it`, () => {
    assert.throws(
      () => readWireguardConfig(text, key),
      (error: Error) =>
        /^the configuration of WireGuard: it|^the configuration of WireGuard: an/.test(
          error.message,
        ) && !/secret|\$/.test(error.message),
    )
  })
}

config.run()
