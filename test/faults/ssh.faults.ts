import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { type DynamicForward, startDynamicForward } from '../helpers/dynamic-forward.ts'
import { inParallel, noteWire, rounds } from '../helpers/fault-budget.ts'
import { type Fault, type Plan, startFaultProxy } from '../helpers/fault-proxy.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { startTinyproxy, type Tinyproxy } from '../helpers/tinyproxy.ts'
import { leavesNothing } from '../helpers/ways.ts'

const random = new Random('faults under ssh')
const BESIDE = 3
/** Seconds that a command takes which ssh is not to wait for. */
const LONG = 100
/** ssh's own exit status, when its connection is lost. */
const LOST = 255
/** Bytes in which a peer or a proxy is still unknown, in each direction. */
const EARLY = {
  direct: { down: 4, up: 0 },
  socks: { down: 12, up: 13 },
  http: { down: 40, up: 60 },
}

type Kind = keyof typeof EARLY

interface Context {
  sshd: Sshd
  socks: DynamicForward
  http: Tinyproxy
}

const test = suite<Context>('faults under a real ssh')

test.before(async (context) => {
  context.sshd = await startSshd()
  context.socks = await startDynamicForward(context.sshd)
  context.http = await startTinyproxy()
})

test.after(({ sshd, socks, http }) => {
  http.stop()
  socks.stop()
  sshd.stop()
})

for (const kind of ['direct', 'socks', 'http'] as const) {
  for (const mode of ['relay', 'fdpass'] as const) {
    // where nothing is read of the peer itself, a fault in its banner is ssh's to see
    if (kind === 'direct' && mode === 'fdpass') continue
    test(`${kind}, ${mode}: a fault in the handshake, and ssh is in by the next route`, async (context) => {
      const faults = Array.from({ length: rounds(6) }, () => earlyFault(kind, mode))
      await inParallel(faults, BESIDE, async (fault) => {
        const { ssh, home, stop } = await settle({ kind, mode, plan: { fault } }, context)
        const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'echo in'])
        assert.is(stdout.toString(), 'in\n', `${JSON.stringify(fault)}: ${stderr}`)
        await leavesNothing(home)
        await stop()
      })
      noteWire(
        `${kind} ${mode}, real ssh: a fault in the handshake`,
        faults.length,
        'ssh is in by the next route',
      )
    })
  }

  for (const mode of ['relay', 'fdpass'] as const) {
    test(`${kind}, ${mode}: a fault in the session ends it, soon, and nothing is left`, async (context) => {
      const faults = Array.from({ length: rounds(4) }, lateFault)
      await inParallel(faults, BESIDE, async (fault) => {
        const { ssh, home, stop } = await settle({ kind, mode, plan: { fault } }, context)
        const { status, stderr, ms } = await ssh.run('ssh', [MACHINE, `cat; sleep ${LONG}`], {
          input: Buffer.alloc(200_000),
        })
        assert.is(status, LOST, `${JSON.stringify(fault)}: ${stderr}`)
        assert.ok(ms < 500 * LONG, `${JSON.stringify(fault)}: after ${ms} ms`)
        await leavesNothing(home)
        await stop()
      })
      noteWire(
        `${kind} ${mode}, real ssh: a fault in the session`,
        faults.length,
        'ssh ends, nothing left',
      )
    })

    test(`${kind}, ${mode}: pieces and pauses by chance, every byte arrives once`, async (context) => {
      const times = rounds(2)
      for (let i = 0; i < times; i++) {
        const pace = { size: () => random.between(1, 60_000), pause: () => random.between(0, 8) }
        const { ssh, home, stop } = await settle({ kind, mode, plan: { pace } }, context)
        const input = random.bytes(1_500_000)
        const { stdout, stderr, status } = await ssh.run('ssh', [MACHINE, 'cat'], { input })
        assert.is(status, 0, stderr)
        assert.ok(stdout.equals(input), `${stdout.length} bytes of ${input.length}`)
        await leavesNothing(home)
        await stop()
      }
      noteWire(`${kind} ${mode}, real ssh: 1.5 MB in pieces with pauses`, times, 'every byte once')
    })
  }
}

test.run()

function earlyFault(kind: Kind, mode: 'relay' | 'fdpass'): Fault {
  const on = EARLY[kind].up > 0 && random.percent(50) ? 'up' : 'down'
  // behind the handshake there are four bytes of the banner, which only a relay reads
  const most = EARLY[kind][on] - (mode === 'relay' || kind === 'direct' ? 1 : 5)
  return {
    on,
    after: random.between(0, most),
    does: random.pick(['close', 'reset', 'stall'] as const),
  }
}

/** Somewhere after the keys are exchanged; ssh itself waits for ever for what has stalled. */
function lateFault(): Fault {
  const on = random.pick(['down', 'up'] as const)
  return {
    on,
    after: random.between(6000, 100_000),
    does: random.pick(['close', 'reset'] as const),
  }
}

interface Scene {
  readonly kind: Kind
  readonly mode: 'relay' | 'fdpass'
  readonly plan: Plan
}

async function settle({ kind, mode, plan }: Scene, context: Context) {
  const { sshd, socks, http } = context
  const [, port = ''] = socks.address.split(':')
  const to = { direct: sshd.port, socks: Number(port), http: http.port }[kind]
  const proxy = await startFaultProxy({ to: { host: '127.0.0.1', port: to }, planFor: () => plan })
  const { port: at = 0 } = proxy
  const peer = { host: '127.0.0.1', port: kind === 'direct' ? at : sshd.port }
  const settings = {
    direct: {},
    socks: { socks: `127.0.0.1:${at}` },
    http: { http: `http://${http.user}:${http.password}@127.0.0.1:${at}` },
  }[kind]
  const home = new Home(EXECUTABLE)
  // it says nothing before the fault: whoever is in by it has met the fault
  const opens = plan.fault === undefined ? Promise.resolve() : proxy.befell
  const door = await startFaultProxy({ to: onLoopback(sshd), opens, planFor: () => ({}) })
  home.writeInventory({
    networks: {
      top: { priority: 2, ...settings, peers: { [MACHINE]: peer } },
      next: { priority: 1, peers: { [MACHINE]: onLoopback(door) } },
    },
  })
  const stop = async () => {
    if (plan.fault !== undefined) await soon(JSON.stringify(plan.fault), proxy.befell)
    proxy.stop()
    door.stop()
  }
  return { home, stop, ssh: new SshClient({ home, sshd, include: SNIPPETS[mode] }) }
}

function onLoopback({ port }: { readonly port: number }) {
  return { host: '127.0.0.1', port }
}
