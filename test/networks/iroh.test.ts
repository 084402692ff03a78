import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Means, Program } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt, Host } from '../../src/core/types.ts'
import { makeIroh } from '../../src/networks/iroh.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const TICKET = `node${'a2'.repeat(40)}`
const HOST: Host = {
  at: { var: { machine: 'web', generator: 'p2p-ssh-iroh-p2p', file: 'ticket' } },
}
const ROUTE = fakeRoute(fakeNetwork('p2p'), HOST)

const test = suite('networks/iroh')

for (const [name, ticket] of [
  ['as it is', TICKET],
  ['with a line end', `${TICKET}\n`],
] as const) {
  test(`dumbpipe is given the ticket, ${name}, and nobody else`, async () => {
    const programs: Program[] = []
    const means = meansWith({
      reveal: async () => new Secret(ticket),
      command: (program) => {
        programs.push(program)
        return Promise.resolve(fakeConnection('dumbpipe'))
      },
    })
    await makeIroh(means).dial(ROUTE, new FakeAttempt())
    assert.equal(programs[0]?.words, ['dumbpipe', 'connect', TICKET])
    assert.equal(
      programs[0]?.secrets.map((secret) => secret.reveal()),
      [TICKET],
    )
  })
}

for (const ticket of ['', '--help', 'a b', 'NODE', 'web.example', `${TICKET} --verbose`]) {
  test(`"${ticket.slice(0, 12)}" is no ticket`, async () => {
    const means = meansWith({ reveal: async () => new Secret(ticket) })
    const error = await caughtByway('DATAERR', makeIroh(means).dial(ROUTE, new FakeAttempt()))
    assert.match(error.message, /^machine "web": its host in network "p2p" is no ticket/)
    hides(error, TICKET, 'web.example')
  })
}

test('no dumbpipe: the ticket is not read, and the hint says how to get it', async () => {
  const means = meansWith({}, null)
  const error = await caughtByway('UNAVAILABLE', makeIroh(means).dial(ROUTE, new FakeAttempt()))
  assert.is(error.message, 'there is no program "dumbpipe" in PATH')
  assert.is(error.hint, 'install it: cargo install dumbpipe')
})

test('a raw socket is another byway’s, which reads the ticket itself', async () => {
  const connection = fakeConnection('other')
  const means = meansWith({ relayed: async () => connection })
  const attempt: Attempt = Object.assign(new FakeAttempt(), { untouched: true })
  assert.is(await makeIroh(means).dial(ROUTE, attempt), connection)
})

for (const [path, state] of [
  ['/bin/dumbpipe', 'running'],
  [null, 'absent'],
] as const) {
  test(`state: dumbpipe at ${path}: ${state}`, async () => {
    const { signal } = new AbortController()
    const found = await makeIroh(meansWith({}, path)).state(fakeNetwork('p2p'), signal)
    assert.is(found.state, state)
  })
}

test.run()

function meansWith(given: Partial<Means>, path: string | null = '/bin/dumbpipe'): Means {
  return fakeMeans({
    ...given,
    computer: { findProgram: () => path } as unknown as Means['computer'],
  })
}
