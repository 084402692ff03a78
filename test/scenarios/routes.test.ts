import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway } from '../helpers/byway.ts'
import { explain, routeBy } from '../helpers/explained.ts'
import type { Listener } from '../helpers/listen.ts'
import {
  type Address,
  REFUSING,
  startClosing,
  startFront,
  startNonsense,
  startSilent,
} from '../helpers/peers.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

/** The grace is longer than any delay of these tests, so that a slow computer decides nothing. */
const PATIENT = { stagger: 300, grace: 10_000 }
/** Milliseconds until a slow sshd says its banner: long after the next network has been started. */
const SLOW = 3000

interface Context {
  sshd: Sshd
  slow: Listener
  wordy: Listener
  silent: Listener
  nonsense: Listener
  closing: Listener
}

const routes = suite<Context>('routes')

routes.before(async (context) => {
  context.sshd = await startSshd()
  context.slow = await startFront(context.sshd, { delay: SLOW })
  context.wordy = await startFront(context.sshd, { before: 'welcome\r\n\r\nto the machine\r\n' })
  context.silent = await startSilent()
  context.nonsense = await startNonsense()
  context.closing = await startClosing()
})

routes.after(({ sshd, slow, wordy, silent, nonsense, closing }) => {
  for (const server of [sshd, slow, wordy, silent, nonsense, closing]) server.stop()
})

for (const artefact of ARTEFACTS) {
  routes(
    `${artefact.name}: a slow network of top priority wins within the grace`,
    async (context) => {
      const home = settle(artefact, [context.slow, context.sshd])
      home.writeConfig(PATIENT)
      const explained = await explain(home, [MACHINE])
      const [first, second] = [routeBy(explained, 'net0'), routeBy(explained, 'net1')]
      assert.is(explained.winner, 'net0')
      assert.ok(
        Number(second.startedAt) >= PATIENT.stagger,
        'the next one starts after the stagger',
      )
      assert.ok(Number(second.upAt) < Number(first.upAt), 'the next one was up before')
      assert.is(second.outcome, 'lost')
      await logIn(home, context.sshd)
    },
  )

  routes(`${artefact.name}: without grace the first that is up wins`, async (context) => {
    const home = settle(artefact, [context.slow, context.sshd])
    home.writeConfig({ stagger: 50, grace: 0 })
    const explained = await explain(home, [MACHINE])
    assert.is(explained.winner, 'net1')
    assert.is(routeBy(explained, 'net0').outcome, 'lost')
    await logIn(home, context.sshd)
  })

  routes(
    `${artefact.name}: a network that is up at once leaves the others alone`,
    async (context) => {
      const home = settle(artefact, [context.sshd, context.silent])
      home.writeConfig({ stagger: 10_000 })
      const before = context.silent.connections
      await logIn(home, context.sshd)
      assert.is(context.silent.connections, before)
    },
  )

  routes(
    `${artefact.name}: lines before the banner are no reason against a network`,
    async (context) => {
      const home = settle(artefact, [context.wordy, context.silent])
      await logIn(home, context.sshd)
      assert.is((await explain(home, [MACHINE])).winner, 'net0')
    },
  )

  routes(`${artefact.name}: the hosts of one peer are tried in their order`, async ({ sshd }) => {
    const home = new Home(artefact)
    const hosts = ['127.77.0.1', '127.77.0.2:1', `127.0.0.1:${sshd.port}`]
    const peers = { [MACHINE]: { hosts, port: 1 } }
    home.writeInventory({ networks: { only: { peers } } })
    const explained = await explain(home, [MACHINE])
    const outcomes = explained.routes.map(({ outcome }) => outcome)
    assert.equal(outcomes, ['failed', 'failed', 'won'])
    await logIn(home, sshd)
  })

  routes(`${artefact.name}: -n allows one network, strictly`, async ({ nonsense, sshd }) => {
    const home = settle(artefact, [nonsense, sshd])
    const { status, stderr } = await runByway(home, ['connect', '-n', 'net0', MACHINE])
    assert.is(status, 69)
    assert.match(stderr, /^byway: no route to .*\n {2}net0 .*HTTP\/1\.1 400 Bad Request.*\n$/)
  })

  routes(
    `${artefact.name}: a dead machine: 69, a line per route, and all of it in the log`,
    async (context) => {
      const { silent, nonsense, closing } = context
      const home = settle(artefact, [REFUSING, nonsense, closing, silent])
      const args = ['connect', '--timeout', '4', MACHINE]
      const { status, stdout, stderr } = await runByway(home, args)
      assert.equal([status, stdout.length], [69, 0])
      const [message, ...lines] = stderr.trimEnd().split('\n')
      assert.is(message, `byway: no route to "${MACHINE}" answered`)
      const expected = [
        /^ {2}net0 +127\.77\.0\.1:1 +connect +dial 127\.77\.0\.1:1: connection refused +\d+ ms$/,
        /^ {2}net1 .* banner .* closed the connection: it said "HTTP\/1\.1 400 Bad Request" +\d+ ms$/,
        /^ {2}net2 .* banner .* closed the connection +\d+ ms$/,
        /^ {2}net3 .* banner +accepted the connection and said nothing +\d+ ms$/,
      ]
      assert.is(lines.length, expected.length, stderr)
      for (const [i, words] of expected.entries()) assert.match(lines[i] ?? '', words)
      const log = readFileSync(join(home.folder, 'state/byway/log'), 'utf8')
      for (const line of lines) assert.ok(log.includes(line), `the log has: ${line}`)
    },
  )
}

routes.run()

/** A home whose machine is at these places, by networks `net0`, `net1`, … of falling priority. */
function settle(artefact: Artefact, places: readonly Address[]): Home {
  const home = new Home(artefact)
  const networks = places.map(({ host, port }, i) => {
    return [`net${i}`, { priority: 100 - i, peers: { [MACHINE]: { host, port } } }]
  })
  home.writeInventory({ networks: Object.fromEntries(networks) })
  return home
}

async function logIn(home: Home, sshd: Sshd): Promise<void> {
  const ssh = new SshClient({ home, sshd, include: SNIPPETS.relay })
  const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'echo in'])
  assert.match(stdout.toString(), /^in\n$/, stderr)
  await leavesNothing(home)
}
