import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Means, Program } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt, Host, NetworkSettings } from '../../src/core/types.ts'
import { makeJump } from '../../src/networks/jump.ts'
import { caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const PLAIN: Host = { at: { plain: '10.0.0.7' } }
const VAR: Host = { at: { var: { machine: 'web', generator: 'g', file: 'f' } } }

const test = suite('networks/jump')

const JUMPS: readonly [name: string, settings: NetworkSettings, host: Host, hosts: string[]][] = [
  ['the network’s', { jump: 'gate' }, PLAIN, ['gate']],
  ['several', { jump: 'a, me@b:2222' }, PLAIN, ['a', 'b']],
  ['the host’s own', { jump: 'gate' }, { ...PLAIN, jump: ['own'] }, ['own']],
]

for (const [name, settings, host, hosts] of JUMPS) {
  test(`jump hosts: ${name}`, async () => {
    const { asked, means } = record({ words: ['ssh'] })
    await makeJump(means).dial(fakeRoute(fakeNetwork('n', settings), host), new FakeAttempt())
    assert.equal(asked, [[hosts, '10.0.0.7', 2222, 'web']])
  })
}

for (const [name, host, secrets] of [
  ['a plain host is no secret', PLAIN, []],
  ['a host that is read from elsewhere is one', VAR, ['10.0.0.7']],
] as const) {
  test(name, async () => {
    const { programs, means } = record({ words: ['ssh'] })
    const route = fakeRoute(fakeNetwork('n', { jump: 'gate' }), host)
    await makeJump(means).dial(route, new FakeAttempt())
    assert.equal(
      programs[0]?.secrets.map((secret) => secret.reveal()),
      secrets,
    )
  })
}

test('this computer is the jump host: the target is dialled', async () => {
  const connection = fakeConnection('tcp')
  const { means } = record(null, { tcp: async () => connection })
  const route = fakeRoute(fakeNetwork('n', { jump: 'gate' }), PLAIN)
  assert.is(await makeJump(means).dial(route, new FakeAttempt()), connection)
})

test('an onion name is not given to a jump host, whose name servers would see it', async () => {
  const { programs, means } = record({ words: ['ssh'] }, {}, 'abc.onion')
  const route = fakeRoute(fakeNetwork('n', { jump: 'gate' }), VAR)
  const dial = makeJump(means).dial(route, new FakeAttempt())
  assert.match((await caughtByway('UNAVAILABLE', dial)).message, 'by tor only')
  assert.equal(programs, [])
})

test('a raw socket is another byway’s', async () => {
  const connection = fakeConnection('other')
  const means = fakeMeans({ relayed: async () => connection })
  const attempt: Attempt = Object.assign(new FakeAttempt(), { untouched: true })
  const route = fakeRoute(fakeNetwork('n', { jump: 'gate' }), PLAIN)
  assert.is(await makeJump(means).dial(route, attempt), connection)
})

for (const settings of [{}, { jump: 'gate:0' }]) {
  test(`no jump host in ${JSON.stringify(settings)}`, async () => {
    const route = fakeRoute(fakeNetwork('n', settings), PLAIN)
    const work = makeJump(fakeMeans({})).dial(route, new FakeAttempt())
    const error = await caughtByway('CONFIG', work)
    assert.is(error.message, 'network "n": no "jump" names its jump host')
  })
}

const HINTS: readonly [said: string, hint: RegExp | undefined][] = [
  ['me@gate: Permission denied (publickey,password).', /ssh-add/],
  ['No ED25519 host key is known; Host key verification failed.', /log in to the jump host/],
  ['channel 0: open failed: connect failed: Connection refused', undefined],
]

for (const [said, hint] of HINTS) {
  test(`when ssh says: ${said}`, async () => {
    const { programs, means } = record({ words: ['ssh'] })
    const route = fakeRoute(fakeNetwork('n', { jump: 'gate' }), PLAIN)
    await makeJump(means).dial(route, new FakeAttempt())
    const found = programs[0]?.hint?.(said)
    if (hint === undefined) assert.is(found, undefined)
    else assert.match(found ?? '', hint)
  })
}

test('state: whether ssh is there, and what it goes through', async () => {
  const computer = { findProgram: (name: string) => `/bin/${name}` } as Means['computer']
  const network = fakeNetwork('n', { jump: 'gate' })
  const { signal } = new AbortController()
  const state = await makeJump(fakeMeans({ computer })).state(network, signal)
  assert.equal(state, { state: 'running', detail: 'program "/bin/ssh", through gate' })
})

test.run()

/** Means that note what they are asked for. */
function record(
  program: { readonly words: string[] } | null,
  more: Partial<Means> = {},
  host = '10.0.0.7',
) {
  const asked: unknown[] = []
  const programs: Program[] = []
  const means = fakeMeans({
    ...more,
    reveal: async () => new Secret(host),
    jumpProgram: (jumps, { host, port }, machine) => {
      const revealed = host instanceof Secret ? host.reveal() : host
      asked.push([jumps.map((hop) => hop.host), revealed, port, machine])
      return Promise.resolve(program)
    },
    command: (given) => {
      programs.push(given)
      return Promise.resolve(fakeConnection('ssh'))
    },
  })
  return { asked, programs, means }
}
