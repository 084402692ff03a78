import { userInfo } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Means, Program } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt, Host, NetworkSettings, Route } from '../../src/core/types.ts'
import { makeCommand } from '../../src/networks/command.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const { signal } = new AbortController()
const VAR: Host = { at: { var: { machine: 'web', generator: 'g', file: 'f' } } }
const PLAIN: Host = { at: { plain: 'pod-7' } }

const test = suite('networks/command')

const FILLED: readonly [words: string[], filled: string[]][] = [
  [
    ['nc', '{host}', '{port}'],
    ['nc', 'pod-7', '2222'],
  ],
  [
    ['tsh', 'proxy', 'ssh', '{user}@{host}:{port}'],
    ['tsh', 'proxy', 'ssh', 'me@pod-7:2222'],
  ],
  [
    ['kubectl', 'exec', '-i', '{machine}', '--', 'nc', '-N', 'localhost', '22'],
    ['kubectl', 'exec', '-i', 'web', '--', 'nc', '-N', 'localhost', '22'],
  ],
  [
    ['x', '--host={host}', '{{host}}', '{HOST}', '{other}', '{host}{host}', '$host'],
    ['x', '--host=pod-7', '{pod-7}', '{HOST}', '{other}', 'pod-7pod-7', '$host'],
  ],
  [
    ['{host}', '{port}'],
    ['{host}', '2222'],
  ],
]

for (const [words, filled] of FILLED) {
  test(words.join(' '), async () => {
    const { programs, means } = record('pod-7')
    await dial(means, words, PLAIN)
    assert.equal(programs, [{ words: filled, secrets: [] }])
  })
}

const HOSTS = ['$(id)', '`id`', 'a b', ';id', "'", '"', '\\', '*', 'a\nb', '{port}', '$&', '$1']

for (const host of HOSTS) {
  test(`a host of ${JSON.stringify(host)} is one argument, as it is`, async () => {
    const { programs, means } = record(host)
    await dial(means, ['nc', '{host}', 'x{host}y'], VAR)
    assert.equal(programs[0]?.words, ['nc', host, `x${host}y`])
  })
}

test('white space around a var is none of the host', async () => {
  const { programs, means } = record(' 10.0.0.7\n')
  await dial(means, ['nc', '{host}'], VAR)
  assert.equal(programs[0]?.words, ['nc', '10.0.0.7'])
})

test('a host that begins with a dash is refused, but within an option', async () => {
  const { programs, means } = record('-oProxyCommand=x')
  const error = await caughtByway('DATAERR', dial(means, ['ssh', '{host}'], VAR))
  assert.is(error.message, 'machine "web": its host in network "pods" begins with a dash')
  hides(error, '-oProxyCommand=x')
  await dial(means, ['ssh', '--to={host}'], VAR)
  assert.equal(programs[0]?.words, ['ssh', '--to=-oProxyCommand=x'])
})

test('a host that is read from elsewhere is told to nobody, a plain one may be', async () => {
  const { programs, means } = record('sesame')
  await dial(means, ['nc', '{host}'], VAR)
  assert.equal(
    programs[0]?.secrets.map((secret) => secret.reveal()),
    ['sesame'],
  )
})

test('who logs in: whom the inventory names, else whoever runs byway', async () => {
  const { programs, means } = record('pod-7')
  await dial(means, ['x', '{user}'], PLAIN)
  await dial(means, ['x', '{user}'], PLAIN, {})
  assert.equal(
    programs.map(({ words }) => words[1]),
    ['me', userInfo().username],
  )
})

test('a raw socket is another byway’s', async () => {
  const connection = fakeConnection('other')
  const means = fakeMeans({ computer: computerWith('nc'), relayed: async () => connection })
  const attempt: Attempt = Object.assign(new FakeAttempt(), { untouched: true })
  const route = routeTo(['nc'], PLAIN)
  assert.is(await makeCommand(means).dial(route, attempt), connection)
})

test('a program that is not there: no secret is read for it, and no other byway started', async () => {
  const means = fakeMeans({ computer: computerWith() })
  for (const untouched of [false, true]) {
    const attempt: Attempt = Object.assign(new FakeAttempt(), { untouched })
    const work = makeCommand(means).dial(routeTo(['nc', '{host}'], VAR), attempt)
    const error = await caughtByway('UNAVAILABLE', work)
    assert.is(error.message, 'there is no program "nc" in PATH')
  }
})

test('a network without a command', async () => {
  const error = await caughtByway('CONFIG', dial(fakeMeans({}), undefined, PLAIN))
  assert.is(error.message, 'network "pods": no "command" says which program to run')
  assert.match(error.hint ?? '', /networks\.pods\.command/)
})

const STATES: readonly [name: string, settings: NetworkSettings, state: string, detail: RegExp][] =
  [
    ['its program is there', { command: ['nc'] }, 'running', /^program "\/bin\/nc"$/],
    [
      'its program is not there',
      { command: ['kubectl'] },
      'absent',
      /no program "kubectl" in PATH$/,
    ],
    [
      'a path where nothing is',
      { command: ['/no/x'] },
      'absent',
      /^there is no program "\/no\/x"$/,
    ],
    ['it has none', {}, 'absent', /no "command"/],
  ]

for (const [name, settings, expected, words] of STATES) {
  test(`state: ${name}`, async () => {
    const technology = makeCommand(fakeMeans({ computer: computerWith('nc') }))
    const { state, detail } = await technology.state(fakeNetwork('pods', settings), signal)
    assert.is(state, expected)
    assert.match(detail, words)
  })
}

test.run()

function computerWith(...programs: readonly string[]): Means['computer'] {
  const findProgram = (name: string) => (programs.includes(name) ? `/bin/${name}` : null)
  return { findProgram } as Means['computer']
}

/** Means by which every program is there, and every host is this one. */
function record(host: string) {
  const programs: Program[] = []
  const means = fakeMeans({
    computer: { findProgram: (name: string) => name } as Means['computer'],
    reveal: async () => new Secret(host),
    command: (program) => {
      programs.push(program)
      return Promise.resolve(fakeConnection('program'))
    },
  })
  return { programs, means }
}

function routeTo(command: readonly string[] | undefined, host: Host): Route {
  const settings = command === undefined ? {} : { command }
  return fakeRoute(fakeNetwork('pods', settings), host)
}

function dial(
  means: Means,
  command: readonly string[] | undefined,
  ...[host, known = { user: 'me' }]: [Host, { user?: string }?]
) {
  return makeCommand(means).dial({ ...routeTo(command, host), ...known }, new FakeAttempt())
}
