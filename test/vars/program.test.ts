import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Run, runProgram } from '../../src/vars/program.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { isAlive } from '../helpers/proc.ts'
import { start } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'
import { failureOf, makeContext, put } from './clan.ts'

const test = suite('vars/program')

const PATH = process.env['PATH'] ?? ''

function sh(script: string, more: Partial<Run> = {}): Run {
  return { argv: ['sh', '-c', script], context: makeContext({ PATH }), ...more }
}

test('gives what the program writes, and how it ended', async () => {
  const outcome = await runProgram(sh('printf "a\\0b"; echo oh >&2; exit 3'))
  assert.equal(outcome, { status: 3, output: Buffer.from('a\0b'), words: 'oh' })
})

test('gives null for a program that is not on the PATH', async () => {
  assert.is(await runProgram({ argv: ['no-such-program'], context: makeContext({ PATH }) }), null)
  assert.is(await runProgram({ argv: ['sh'], context: makeContext() }), null)
})

test('says that a program may not be started', async () => {
  const folder = makeFolder()
  put(join(folder, 'locked'), '')
  chmodSync(join(folder, 'locked'), 0o644)
  const context = makeContext({ PATH: folder })
  const error = await failureOf(runProgram({ argv: ['locked'], context }))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, 'locked cannot be started: ')
})

test('gives no arguments to a shell', async () => {
  const outcome = await runProgram({
    argv: ['echo', '$HOME', ';', '`id`'],
    context: makeContext({ PATH }),
  })
  assert.is(outcome?.output.toString(), '$HOME ; `id`\n')
})

test('lets it read what it is given, and nothing else', async () => {
  assert.is((await runProgram(sh('cat', { input: 'given' })))?.output.toString(), 'given')
  assert.is((await runProgram(sh('cat')))?.output.toString(), '')
})

test('bears a program that does not read', async () => {
  const outcome = await runProgram(sh('exit 0', { input: 'x'.repeat(1024 * 1024) }))
  assert.is(outcome?.status, 0)
})

test('keeps keys from its environment', async () => {
  const context = makeContext({ PATH, SOPS_AGE_KEY: 'a', AGE_KEY: 'b', OTHER: 'c' })
  const outcome = await runProgram({ argv: ['env'], context })
  assert.not.match(outcome?.output.toString() ?? '', 'AGE_KEY')
  assert.match(outcome?.output.toString() ?? '', 'OTHER=c')
})

test('keeps the end of what it says in one line, without keys', async () => {
  const script =
    'seq 1 5000 >&2; printf "\\033[1mbad\\tkey AGE-SECRET-KEY-PQ-1QQQ, age-plugin-x-1q" >&2'
  const { words = '' } = (await runProgram(sh(script))) ?? {}
  assert.match(words, /4999 5000 \[1mbad key \[secret\], \[secret\]$/)
  assert.ok(words.length <= 400)
})

test('waits until a program may start', async () => {
  const order: string[] = []
  const mayStart = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    order.push('may')
  }
  const file = join(makeFolder(), 'started')
  const run = sh(`: >'${file}'`, { context: { ...makeContext({ PATH }), mayStart } })
  const running = runProgram(run).then(() => order.push('ended'))
  assert.not.ok(existsSync(file))
  await running
  assert.equal(order, ['may', 'ended'])
})

test('refuses more than 16 MiB, and ends who writes it', async () => {
  const error = await failureOf(runProgram(sh('exec cat /dev/zero')))
  assert.is(error.exit, 'DATAERR')
  assert.match(error.message, 'sh writes more than 16 MiB')
})

/** A script that starts a child, writes both numbers to the file, and lives on. */
function familyScript(file: string, trap = ''): string {
  return `${trap} sleep 1000 & echo "$$ $!" >'${file}.new'; mv '${file}.new' '${file}'; wait; wait`
}

async function readFamily(file: string): Promise<readonly number[]> {
  await until('the program runs', () => existsSync(file))
  return readFileSync(file, 'utf8').trim().split(' ').map(Number)
}

for (const [name, trap] of [
  ['ends', ''],
  ['kills', "trap '' TERM;"],
] as const) {
  test(`${name} the program and its children on abort, and throws the reason`, async () => {
    const file = join(makeFolder(), 'family')
    const abort = new AbortController()
    const context = makeContext({ PATH }, abort.signal)
    const running = runProgram(sh(familyScript(file, trap), { context }))
    const family = await readFamily(file)
    const reason = new Error('decided')
    abort.abort(reason)
    assert.is(await running.catch((error) => error), reason)
    await until('all have ended', () => !family.some(isAlive))
  })
}

test('starts nothing once its signal has aborted', async () => {
  const file = join(makeFolder(), 'started')
  const context = makeContext({ PATH }, AbortSignal.abort(new Error('decided')))
  await runProgram(sh(`: >'${file}'`, { context })).then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'decided'),
  )
  assert.not.ok(existsSync(file))
})

/** This module's own program: runs a family in this process, and exits or aborts when told. */
const ENDING = fileURLToPath(new URL('./run-family.ts', import.meta.url))

for (const [name, argv] of [
  ['ends the family when its own process exits', ['exit']],
  ['ends the family on abort where there is a terminal', ['abort']],
] as const) {
  test(name, async () => {
    const file = join(makeFolder(), 'family')
    const node = [process.execPath, '--import', 'tsx', ENDING, argv[0], familyScript(file)]
    const inTerminal = ['script', '--quiet', '--return', '--command', quote(node), '/dev/null']
    const running = start(argv[0] === 'abort' ? inTerminal : node)
    const family = await readFamily(file)
    running.child.stdin.write('now\n')
    await until('all have ended', () => !family.some(isAlive))
    running.kill()
  })
}

function quote(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
}

test.run()
