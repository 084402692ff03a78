import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isThere } from '../../src/children/family.ts'
import { type Child, startChild } from '../../src/children/start.ts'
import type { Connection } from '../../src/core/connection.ts'
import { dialCommand } from '../../src/transports/command.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { Marked } from '../helpers/marked.ts'
import { soon } from '../helpers/soon.ts'
import { until } from '../helpers/until.ts'

/** Milliseconds after which what does not obey SIGTERM is killed. */
const GRACE = 1000

const test = suite('children/family')

const STUBBORN = 'trap "" TERM; echo up; while :; do sleep 60; done'
const FAMILIES: readonly [name: string, script: string, members: number][] = [
  ['one program', 'echo up; exec sleep 60', 1],
  ['children', 'sleep 60 & sleep 61 & echo up; wait', 3],
  ['children of children', 'sh -c "sleep 60 & echo up; wait" & wait', 3],
  ['a child in a session of its own', 'setsid sleep 60 & echo up; wait', 2],
  [
    'a child in a session of its own that has children',
    'setsid sh -c "sleep 60 & echo up; wait" & wait',
    3,
  ],
  ['a program that is stopped', 'sh -c "kill -STOP $$" & echo up; wait', 1],
]

for (const [name, script, members] of FAMILIES) {
  test(`closing ends ${name}, at once`, async () => {
    // a pause of the computer is in one try; what is not ended at once is killed after the grace in each
    let fastest = Number.POSITIVE_INFINITY
    for (let i = 0; i < 3 && fastest >= GRACE; i++) {
      const { connection, marked } = await open(script)
      await until(`${members} live`, () => marked.live().length >= members)
      connection.close()
      fastest = Math.min(fastest, await marked.areGone())
    }
    assert.ok(fastest < GRACE, `${fastest} ms`)
  })
}

test('what does not obey is killed, children too', async () => {
  const { connection, marked } = await open(STUBBORN)
  connection.close()
  assert.ok((await marked.areGone()) > GRACE / 2)
})

test('what ignores it and survives its parent is killed', async () => {
  const { connection, marked } = await open(`sh -c '${STUBBORN}' & wait`)
  connection.close()
  assert.ok((await marked.areGone()) > GRACE / 2)
})

test('a program that has ended and left others: closing ends them', async () => {
  const { connection, marked } = await open('sleep 60 >&- 2>&- & echo up')
  assert.is(await soon('its end', connection.read()), null)
  await until('one lives', () => marked.live().length === 1)
  connection.close()
  await marked.areGone()
})

test('closing twice, and after the end, does no harm', async () => {
  const { connection, marked } = await open('echo up; cat')
  await connection.end()
  assert.is(await connection.read(), null)
  await marked.areGone()
  connection.close()
  connection.close()
})

test('nobody is left in the table of processes', async () => {
  const child = await startChild(['sh', '-c', 'exit 3'], { stdio: 'ignore' })
  assert.is(await child.ended, 'status 3')
  assert.not.ok(isThere(child.process))
})

const CHILDREN: readonly [name: string, words: string[], end: string][] = [
  ['a success', ['true'], 'status 0'],
  ['a failure', ['sh', '-c', 'exit 7'], 'status 7'],
  ['a signal', ['sh', '-c', 'kill -TERM $$'], 'SIGTERM'],
]

for (const [name, words, end] of CHILDREN) {
  test(`how a child ended: ${name}`, async () => {
    const child: Child = await startChild(words, { stdio: ['ignore', 'ignore', 'pipe'] })
    assert.is(await soon('the end', child.ended), end)
  })
}

test.run()

/** A program that has said `up`. */
async function open(script: string): Promise<{ connection: Connection; marked: Marked }> {
  const marked = new Marked()
  const program = { words: ['sh', '-c', script], secrets: [], env: marked.env }
  const connection = await dialCommand(program, new FakeAttempt())
  assert.is(Buffer.from((await soon('up', connection.read())) ?? []).toString(), 'up\n')
  return { connection, marked }
}
