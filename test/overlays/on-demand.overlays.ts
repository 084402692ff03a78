// serial
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, type Test } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Lab, makeLab } from '../helpers/hosts.ts'
import type { ProcessEntry } from '../helpers/proc.ts'
import type { Running } from '../helpers/program.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { tool } from '../helpers/tools.ts'
import { openDesk } from './desk.ts'
import { CONTROL, type FarSide, WEB } from './far-sides.ts'
import { CASES, type Case } from './on-demand-cases.ts'
import { listNetworks, MACHINE, type Mode, NETWORK, Seat } from './seat.ts'

/** Bytes of the file that goes through each network. */
const BULK = 64 * 1024 * 1024
/** Logins after a kill, of which one has to work. */
const TRIES = 3
const MODES: readonly Mode[] = ['relay', 'fdpass']

interface Context {
  lab: Lab
  sshd: Sshd
  far: FarSide
  programs: readonly string[]
}

for (const one of CASES) {
  makeSuite(one, one.title, addTests)
  // tincd holds up who comes back often: the kills have another side of their own
  if (one.processes !== null) makeSuite(one, `${one.title}, killed`, testKills)
}

function makeSuite(one: Case, title: string, add: (test: Test<Context>, one: Case) => void): void {
  const test = suite<Context>(`on demand: ${title}`)
  test.before(async (context) => {
    const lab = await makeLab(['desk', WEB, CONTROL])
    const web = lab.host(WEB)
    const sshd = await startSshd({ inside: web.inside, listen: ['0.0.0.0', '::'] })
    const far = await one.far(lab)
    await openDesk(lab)
    Object.assign(context, { lab, sshd, far, programs: one.programs.map(tool) })
  })
  test.after(({ lab, sshd }) => {
    lab?.stop()
    sshd?.stop()
  })
  add(test, one)
  test.run()
}

function addTests(test: Test<Context>, one: Case): void {
  testStates(test, one)
  testTransfers(test)
  testStart(test)
  testUsers(test)
  testHold(test)
}

function sit({ lab, ...parts }: Context): Promise<Seat> {
  return Seat.make(lab.host('desk'), parts)
}

function testStates(test: Test<Context>, { detail }: Case): void {
  test('list and explain say startable, and start nothing', async (context) => {
    const seat = await sit(context)
    const { stdout } = await seat.byway(['list', '--json'])
    const [network] = JSON.parse(stdout.toString()).networks
    assert.is(network.state, 'startable', network.detail)
    assert.match(network.detail, detail)
    await seat.leavesNothing()
  })
}

function testTransfers(test: Test<Context>): void {
  for (const mode of MODES) {
    test(`${mode}: from nothing to a login, and 64 MiB; then nothing is left`, async (context) => {
      const seat = await sit(context)
      const before = await seat.looks()
      const cold = await logIn(seat, mode)
      const warm = await logIn(seat, mode)
      const networks = seat.networks()
      assert.is(await seat.looks(), before, 'during')
      const { rate } = await copy(seat, mode)
      console.log(`${mode}: cold ${cold} ms, then ${warm} ms; 64 MiB at ${rate} MB/s`)
      await seat.leavesNothing()
      assert.is(await seat.looks(), before, 'after')
      const left = [...listNetworks()].filter((one) => networks.includes(one))
      assert.equal(left, [])
    })
  }
}

function testStart(test: Test<Context>): void {
  test('how much of a cold start is whose', async (context) => {
    const seat = await sit(context)
    const { stdout, stderr } = await seat.byway(['explain', '--json', MACHINE])
    const [route] = JSON.parse(stdout.toString()).routes
    assert.is(route.outcome, 'won', stderr)
    const at = (stage: string, detail?: RegExp): number =>
      route.steps.find((step: { stage: string; detail?: string }) => {
        return step.stage === stage && (detail === undefined || detail.test(step.detail ?? ''))
      })?.at ?? Number.NaN
    const [start, made, dialled] = [
      at('start'),
      at('start', /namespace is made|process \d+ runs/),
      at('connect'),
    ]
    const parts = { byway: made - start, daemon: dialled - made, dial: route.upAt - dialled }
    console.log(`of ${Math.round(route.upAt)} ms: ${JSON.stringify(parts, round)}`)
    await seat.leavesNothing()
  })
}

function testUsers(test: Test<Context>): void {
  test('ten at once, none runs: one daemon, ten logins', async (context) => {
    const seat = await sit(context)
    const ten = Array.from({ length: 10 }, (_, i) => MODES[i % 2] ?? 'relay')
    const results = await Promise.all(ten.map((mode) => seat.ssh(mode, ['echo in'])))
    for (const { stdout, stderr } of results) assert.is(stdout.toString(), 'in\n', stderr)
    assert.is(seat.countKeepers(), 1)
    console.log(`ten at once, cold: ${results.map(({ ms }) => Math.round(ms)).join(', ')} ms`)
    await seat.leavesNothing()
  })

  test('fd-passed: it stays as long as the session, and ends after it', async (context) => {
    const seat = await sit(context)
    const session = seat.startSsh('fdpass', ['echo in; cat'])
    await session.says('in\n')
    await seat.untilDaemon('only the stream is left', (daemon) => {
      return daemon?.users.length === 0 && daemon.streams === 1
    })
    const age = (await seat.daemons())[0]?.age ?? 0
    await seat.untilDaemon('it stays longer than it lingers', (daemon) => {
      return (daemon?.age ?? 0) > age + 3
    })
    session.child.stdin.end('still there\n')
    assert.is((await session.result).stdout.toString(), 'in\nstill there\n')
    await seat.leavesNothing()
  })
}

function testHold(test: Test<Context>): void {
  test('up and down', async (context) => {
    const seat = await sit(context)
    const up = await seat.byway(['up', NETWORK])
    assert.is(up.status, 0, up.stderr)
    assert.is((await seat.daemons())[0]?.held, true)
    await logIn(seat, 'relay')
    assert.is((await seat.byway(['down', NETWORK])).status, 0)
    assert.equal(await seat.daemons(), [])
    await seat.leavesNothing()
  })
}

function testKills(test: Test<Context>, { processes }: Case): void {
  test('kill -9 of each process in turn: nothing is left, and a later login works', async (context) => {
    const seat = await sit(context)
    const killed: string[] = []
    for (;;) {
      const session = await open(seat, context.far)
      const [name, victim] =
        [...byName(seat.processes())].find(([one]) => !killed.includes(one)) ?? []
      if (name !== undefined && victim !== undefined) {
        killed.push(name)
        process.kill(victim.pid, 'SIGKILL')
      }
      session.kill()
      await session.result
      await seat.leavesNothing()
      if (victim === undefined) break
    }
    console.log(`killed: ${killed.map((name) => `"${name}"`).join(', ')}`)
    assert.ok(killed.length >= (processes ?? 0), killed.join(', '))
  })
}

/**
 * A session that is open. The overlay's other side may not have noticed yet that a daemon was killed,
 * and forget the next one with it; tincd ends, or loses its way, when that happens often. A later
 * login has to get through.
 */
async function open(seat: Seat, far: FarSide): Promise<Running> {
  for (let tries = 1; ; tries++) {
    const session = seat.startSsh('relay', ['echo in; cat'])
    try {
      await session.says('in\n')
      return session
    } catch (error) {
      const { stderr } = await session.result
      if (tries === TRIES || !/no route to/.test(stderr)) throw new Error(stderr, { cause: error })
      console.log(`again: ${stderr.split('\n').find((line) => line.startsWith('  vpn')) ?? ''}`)
      await seat.leavesNothing()
      await far.renew?.()
    }
  }
}

/** Milliseconds from its start to its end. */
async function logIn(seat: Seat, mode: Mode): Promise<number> {
  const { stdout, stderr, ms } = await seat.ssh(mode, ['echo in'])
  assert.is(stdout.toString(), 'in\n', stderr)
  return Math.round(ms)
}

async function copy(seat: Seat, mode: Mode): Promise<{ rate: string }> {
  const folder = makeFolder()
  chmodSync(folder, 0o755)
  const [file, target] = [join(folder, 'sent'), join(folder, 'received')]
  writeFileSync(file, randomBytes(BULK))
  chownSync(file, 65534, 65534)
  const { status, stderr, ms } = await seat.rsync(mode, file, target)
  assert.is(status, 0, stderr)
  assert.is(checksum(target), checksum(file))
  return { rate: (BULK / 1000 / ms).toFixed(0) }
}

function checksum(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** Processes by what they are: their first words, and a number where several have the same. */
function byName(processes: readonly ProcessEntry[]): Map<string, ProcessEntry> {
  const named = new Map<string, ProcessEntry>()
  for (const one of processes) {
    const words = one.command.split(/\s+/).slice(0, 5).join(' ')
    const name = words.replaceAll(/\S*byway-test-[^/]+/g, '…').slice(0, 50)
    const equals = [...named.keys()].filter((other) => other.startsWith(name)).length
    named.set(equals === 0 ? name : `${name} ${equals + 1}`, one)
  }
  return named
}

function round(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value
}
