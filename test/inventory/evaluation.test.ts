import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import type { PeopledNetwork } from '../../src/core/types.ts'
import {
  type Evaluation,
  parseWhereabouts,
  readEvaluation,
  readFailure,
  toError,
  writeEvaluation,
  writeFailure,
} from '../../src/inventory/evaluation.ts'
import { evaluationPath, failurePath } from '../../src/inventory/flake.ts'
import { inventoryOf } from '../../src/inventory/flake-inventory.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const evaluation = suite('inventory/evaluation')

const FLAKE = '/home/me/clan'
const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion'
const FIXTURE = new URL('../fixtures/b1-current-nix-eval.json', import.meta.url)

function make(more: Partial<Evaluation>): Evaluation {
  return {
    at: Date.now(),
    clan: FLAKE,
    domain: null,
    exports: null,
    elsewhere: null,
    targetHosts: {},
    jumpHosts: {},
    failed: [],
    stamps: [],
    tracked: null,
    ...more,
  }
}

function read(more: Partial<Evaluation>, allowCommands = false) {
  return inventoryOf(make(more), 'clan', { allowCommands })
}

function networkOf(networks: readonly PeopledNetwork[], name: string): PeopledNetwork {
  const network = networks.find((one) => one.name === name)
  if (network === undefined) throw new Error(`no network "${name}"`)
  return network
}

evaluation('what is kept is read again, by its owner alone', () => {
  const cache = join(makeFolder(), 'byway')
  assert.is(readEvaluation(FLAKE, cache), null)
  const kept = make({ domain: 'example.net', targetHosts: { web: 'x' } })
  writeEvaluation(FLAKE, kept, { cache, state: cache })
  assert.equal(readEvaluation(FLAKE, cache), kept)
  const modes = [cache, evaluationPath(cache, FLAKE)].map((path) => statSync(path).mode & 0o777)
  assert.equal(modes, [0o700, 0o600])
  assert.is(readEvaluation('/home/me/other', cache), null)
})

for (const more of [
  { exports: { 'a:b:c:web': { peer: { hosts: [{ plain: ONION }] } } } },
  { targetHosts: { web: `root@${ONION}:22` } },
]) {
  evaluation(`an onion name in ${Object.keys(more)} is not kept in the cache`, () => {
    const [cache, state] = [makeFolder(), makeFolder()]
    const whole = make(more)
    writeEvaluation(FLAKE, whole, { cache, state })
    const path = evaluationPath(cache, FLAKE)
    assert.not.match(readFileSync(path, 'utf8'), ONION)
    const { elsewhere } = readEvaluation(FLAKE, cache) ?? {}
    const { exports, targetHosts } = whole
    const kept = parseWhereabouts(readFileSync(elsewhere ?? '', 'utf8'))
    assert.equal(kept, { exports, targetHosts })
    assert.is(statSync(elsewhere ?? '').mode & 0o777, 0o600)
  })
}

evaluation('exports elsewhere: the same stay the same file, others go beside the last ones', () => {
  const [cache, state] = [makeFolder(), makeFolder()]
  const keep = (targetHosts: Record<string, string>) => {
    writeEvaluation(FLAKE, make({ targetHosts }), { cache, state })
    return readEvaluation(FLAKE, cache)?.elsewhere ?? ''
  }
  const first = keep({ web: ONION })
  const { ino } = statSync(first)
  assert.equal([keep({ web: ONION }), statSync(first).ino], [first, ino])
  const second = keep({ db: ONION })
  assert.equal(readdirSync(state).toSorted(), [basename(first), basename(second)].toSorted())
  const third = keep({ app: ONION })
  assert.equal(readdirSync(state).toSorted(), [basename(second), basename(third)].toSorted())
  for (let i = 0; i < 2; i++) keep({ web: 'x' })
  assert.equal(readdirSync(state), [])
})

for (const [name, spoil] of Object.entries({
  'another version': (path: string) => writeFileSync(path, '{"version":0}'),
  'no JSON': (path: string) => writeFileSync(path, '{"version":2'),
  'no object': (path: string) => writeFileSync(path, 'null'),
  'one that others may write': (path: string) => chmodSync(path, 0o666),
})) {
  evaluation(`${name} is no evaluation`, () => {
    const cache = makeFolder()
    writeEvaluation(FLAKE, make({}), { cache, state: cache })
    spoil(evaluationPath(cache, FLAKE))
    assert.is(readEvaluation(FLAKE, cache), null)
  })
}

evaluation('cut at every byte, and every byte changed: no evaluation, no error', () => {
  const cache = makeFolder()
  writeEvaluation(FLAKE, make({ stamps: [], jumpHosts: { net: { web: ['gate'] } } }), {
    cache,
    state: cache,
  })
  const path = evaluationPath(cache, FLAKE)
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole)
    changed[at] = (whole[at] ?? 0) ^ 1
    for (const spoilt of [whole.subarray(0, at), changed]) {
      writeFileSync(path, spoilt)
      assert.is(readEvaluation(FLAKE, cache), null, `byte ${at}`)
    }
  }
})

evaluation('a symbolic link is no evaluation', () => {
  const [cache, elsewhere] = [makeFolder(), makeFolder()]
  writeEvaluation(FLAKE, make({}), { cache: elsewhere, state: elsewhere })
  symlinkSync(evaluationPath(elsewhere, FLAKE), evaluationPath(cache, FLAKE))
  assert.is(readEvaluation(FLAKE, cache), null)
})

evaluation('a failure is kept beside the last evaluation, and gone with the next', () => {
  const cache = makeFolder()
  writeEvaluation(FLAKE, make({}), { cache, state: cache })
  const error = new BywayError('DATAERR', 'nix: no', { hint: 'look' })
  writeFailure(FLAKE, { error, stamps: [] }, cache)
  const failure = readFailure(FLAKE, cache)
  if (failure === null) throw new Error('it is not kept')
  const { exit, message, hint } = toError(failure)
  assert.equal([exit, message, hint], ['DATAERR', 'nix: no', 'look'])
  assert.is.not(readEvaluation(FLAKE, cache), null)
  writeEvaluation(FLAKE, make({}), { cache, state: cache })
  assert.is(existsSync(failurePath(cache, FLAKE)), false)
})

evaluation('exports are read as from a file', () => {
  const exports = JSON.parse(readFileSync(FIXTURE, 'utf8'))
  const { networks } = read({ exports })
  const names = networks.map(({ name }) => name)
  assert.equal([names.includes('public'), names.includes('onion')], [true, true])
  for (const wrapped of [{ exports }, { instances: { exports } }]) {
    assert.is(read({ exports: wrapped }).networks.length, networks.length)
  }
})

for (const exports of [null, {}, { exports: {} }, { instances: {} }, { 'a:b::': null }, [], 'x']) {
  evaluation(`${JSON.stringify(exports)} as exports is no network`, () => {
    assert.equal(read({ exports }).networks, [])
  })
}

evaluation('targetHost is a network above all others', () => {
  const { networks } = read({
    exports: { 'a/internet:net::': { networking: { priority: 50_000 } } },
    targetHosts: { web: 'root@web.example:2222', v6: 'ssh://[2001:db8::1]?Compression=yes' },
  })
  const { priority, technology, peers } = networkOf(networks, 'targetHost')
  assert.equal([priority, technology], [50_001, 'direct'])
  assert.equal(peers.get('web')?.hosts, [
    { at: { plain: 'web.example' }, port: 2222, user: 'root' },
  ])
  assert.equal(peers.get('v6')?.hosts, [{ at: { plain: '2001:db8::1' } }])
  assert.equal(peers.get('v6')?.sshOptions, ['-oCompression=yes'])
})

evaluation('a targetHost that is none is left out, with a warning', () => {
  const { networks, warnings } = read({
    targetHosts: {
      shell: 'a;b',
      flag: '-oProxyCommand=x',
      runs: 'a?ProxyCommand=x',
      '../x': 'a',
      sound: 'a',
    },
  })
  assert.equal([...networkOf(networks, 'targetHost').peers.keys()], ['sound'])
  assert.is(warnings.length, 4)
})

evaluation('machines behind jump hosts are reached through them', () => {
  const peer = (plain: string) => ({ peer: { hosts: [{ plain }] } })
  const { networks, warnings } = read({
    exports: {
      'a/internet:net::': { networking: { priority: 1 } },
      'a/internet:net:default:web': peer('web.example'),
      'a/internet:net:default:db': peer('db.example'),
    },
    jumpHosts: {
      net: { web: ['me@gate.example:2222', '-oProxyCommand=x', 'inner'], other: ['gate'] },
      none: { web: ['gate'] },
    },
  })
  const { peers } = networkOf(networks, 'net')
  const jump = ['me@gate.example:2222', 'inner']
  assert.equal(peers.get('web')?.hosts, [
    { at: { plain: 'web.example' }, technology: 'jump', jump },
  ])
  assert.equal(peers.get('db')?.hosts, [{ at: { plain: 'db.example' } }])
  assert.is(warnings.length, 1)
})

evaluation('a domain that is none is not known; what failed is a warning', () => {
  const { domain, warnings } = read({ domain: 'a b', failed: ['["exports","x"]'] })
  assert.is(domain, null)
  assert.equal(warnings, ['left out ["exports","x"]: it cannot be evaluated'])
  assert.is(read({ domain: 'a.example' }).domain, 'a.example')
})

evaluation.run()
