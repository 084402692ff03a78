import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { shortenOnion, showHost, showRoute } from '../../src/core/show.ts'
import type { Host, Location, Network, Route } from '../../src/core/types.ts'
import { SPELLINGS } from '../helpers/onion-names.ts'

const ONION = `abcdef${'q'.repeat(50)}`

const test = suite('core/show')

const ONIONS: readonly [name: string, text: string, expected: string][] = [
  ['alone', `${ONION}.onion`, 'abcdef….onion'],
  ['in capitals', `${ONION.toUpperCase()}.ONION`, 'ABCDEF….onion'],
  ['with a port', `${ONION}.onion:22`, 'abcdef….onion:22'],
  ['below it', `www.${ONION}.onion`, 'www.abcdef….onion'],
  ['in a sentence', `dial ${ONION}.onion: no`, 'dial abcdef….onion: no'],
  ['two of them', `${ONION}.onion ${ONION}.onion`, 'abcdef….onion abcdef….onion'],
  ['with a letter left out', `${ONION.slice(1)}.onion`, 'bcdefq….onion'],
  ['with a letter too many', `${ONION}q.onion`, 'abcdef….onion'],
  ['with a digit that is none of base32', `${ONION.slice(0, -1)}1.onion`, 'abcdef….onion'],
  ['in an option for ssh', `-oHostKeyAlias=${ONION}.onion`, '-oHostKeyAlias=abcdef….onion'],
  ['with another dot', `look up "${ONION}\u3002onion": no`, 'look up "abcdef….onion": no'],
  ['with a percent-encoded dot', `${ONION}%2Eonion:22`, 'abcdef….onion:22'],
  ['with a zone', `${ONION}.onion%lo`, 'abcdef….onion%lo'],
  [
    'beside one that is shortened',
    `vww6yb….onion,${ONION}\u3002onion`,
    'vww6yb….onion,abcdef….onion',
  ],
  ['with too many dots', `${ONION}…onion`, 'abcdef….onion'],
  ['with dots in other letters', `${ONION}\u2025onion`, 'abcdef….onion'],
  ['shortened, in capitals', 'ABCDEF….ONION', 'ABCDEF….ONION'],
  ['other letters and a percent sign', 'Köln 5%', 'Köln 5%'],
  ['no onion name', 'web.example', 'web.example'],
  ['a name that only begins so', 'abcdef.onions.example', 'abcdef.onions.example'],
]

for (const [name, text, expected] of ONIONS) {
  test(`onion name ${name}`, () => assert.is(shortenOnion(text), expected))
  test(`onion name ${name}, shortened again`, () => assert.is(shortenOnion(expected), expected))
}

for (const [name, spell] of Object.entries(SPELLINGS)) {
  test(`onion name ${name}, behind one that is shortened`, () => {
    const shown = shortenOnion(`vww6yb….onion,${spell(ONION)}`)
    assert.match(shown, /^vww6yb….onion,.*abcdef….onion/i)
    assert.not.match(shown, /q{7}/i)
  })
}

const EXCERPT = { excerpt: { source: '/x', offset: 1, length: 62, state: '' } }

const HOSTS: readonly [name: string, at: Location, expected: string][] = [
  ['an address', { plain: '192.0.2.7' }, '192.0.2.7'],
  ['an onion name', { plain: `${ONION}.onion` }, 'abcdef….onion'],
  ['a name with an escape sequence', { plain: 'a\x1b[2Jb' }, 'a\\x1b[2Jb'],
  [
    'a var',
    { var: { machine: 'm', generator: 'tor_tor', file: 'hostname' } },
    'var tor_tor/hostname',
  ],
  ['a var with a line end', { var: { machine: 'm', generator: 'a\n', file: 'b' } }, 'var a\\x0a/b'],
  ['an excerpt', EXCERPT, 'a ticket'],
  ['a ticket', { plain: `endpoint${'a2'.repeat(40)}` }, 'a ticket'],
]

for (const [name, at, expected] of HOSTS) {
  test(`host: ${name}`, () => assert.is(showHost({ at }), expected))
}

test('host: an excerpt that is tor’s', () => {
  assert.is(showHost({ at: EXCERPT, technology: 'tor' }), 'an onion name')
})

const ROUTES: readonly [name: string, host: Host, expected: string][] = [
  ['an address', { at: { plain: '192.0.2.7' } }, '192.0.2.7:2222'],
  ['IPv6', { at: { plain: '2001:db8::1' } }, '[2001:db8::1]:2222'],
  ['a var', { at: { var: { machine: 'm', generator: 'g', file: 'f' } } }, 'var g/f, port 2222'],
]

for (const [name, host, expected] of ROUTES) {
  test(`route: ${name}`, () => assert.is(showRoute(route(host)), expected))
}

test.run()

function route(host: Host): Route {
  const network: Network = {
    name: 'n',
    priority: 1,
    technology: 'direct',
    module: 'direct',
    settings: {},
  }
  return { machine: 'm', network, host, port: 2222, clan: null }
}
