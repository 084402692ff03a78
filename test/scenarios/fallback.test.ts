import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { type DynamicForward, startDynamicForward } from '../helpers/dynamic-forward.ts'
import { explain, routeBy, waitOf } from '../helpers/explained.ts'
import type { Listener } from '../helpers/listen.ts'
import { BLACK_HOLE, makeNamespace, type Namespace } from '../helpers/netns.ts'
import {
  type Address,
  NONSENSE,
  REFUSING,
  startClosing,
  startNonsense,
  startSaying,
  startSilent,
} from '../helpers/peers.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing, type Way } from '../helpers/ways.ts'

/** Milliseconds between the starts of two routes, where nobody configures another number. */
const STAGGER = 250
/** Milliseconds that one that is up waits for one of higher priority. */
const GRACE = 150
/** Logins of which the fastest is taken, and explains of which one has to be as fast as it should. */
const REPEATS = 3

/** An sshd, and a proxy that leads to it, in a place from which both can be reached. */
interface Place {
  readonly inside: readonly string[]
  readonly sshd: Sshd
  readonly proxy: DynamicForward
  stop(): void
}

interface Context {
  here: Place
  /** where packets can be swallowed */
  namespace: Namespace
  there: Place
  peers: Record<'silent' | 'nonsense' | 'staying' | 'binary' | 'closing', Listener>
}

/** What may be the matter with the network of top priority. */
interface Fault {
  readonly name: string
  readonly place: 'here' | 'there'
  top(context: Context): Address
  readonly modes: readonly Way['mode'][]
  /** `failed`: it is known to be of no use before the next one starts */
  readonly outcome: 'failed' | 'lost'
  readonly stage: string
  /** what explain says of it */
  readonly words: RegExp
}

const FAULTS: readonly Fault[] = [
  {
    name: 'refuses',
    place: 'here',
    top: () => REFUSING,
    modes: ['relay', 'fdpass'],
    outcome: 'failed',
    stage: 'connect',
    words: /dial 127\.77\.0\.1:1: connection refused/,
  },
  {
    name: 'swallows SYNs',
    place: 'there',
    top: () => ({ host: BLACK_HOLE, port: 22 }),
    modes: ['relay', 'fdpass'],
    outcome: 'lost',
    stage: 'connect',
    words: /no answer/,
  },
  {
    name: 'accepts and says nothing',
    place: 'here',
    top: ({ peers }) => peers.silent,
    modes: ['relay', 'fdpass'],
    outcome: 'lost',
    stage: 'banner',
    words: /said nothing/,
  },
  {
    name: 'says nonsense',
    place: 'here',
    top: ({ peers }) => peers.nonsense,
    modes: ['relay'],
    outcome: 'failed',
    stage: 'banner',
    words: /HTTP\/1\.1 400 Bad Request/,
  },
  {
    name: 'says nonsense and stays',
    place: 'here',
    top: ({ peers }) => peers.staying,
    modes: ['relay'],
    outcome: 'lost',
    stage: 'banner',
    words: /banner/,
  },
  {
    name: 'says what is no text',
    place: 'here',
    top: ({ peers }) => peers.binary,
    modes: ['relay'],
    outcome: 'failed',
    stage: 'banner',
    words: /is no SSH server/,
  },
  {
    name: 'closes at once',
    place: 'here',
    top: ({ peers }) => peers.closing,
    modes: ['relay', 'fdpass'],
    outcome: 'failed',
    stage: 'banner',
    words: /closed the connection/,
  },
]

const fallback = suite<Context>('fallback')

fallback.before(async (context) => {
  context.namespace = await makeNamespace()
  context.here = await openPlace([])
  context.there = await openPlace(context.namespace.inside)
  context.peers = {
    silent: await startSilent(),
    nonsense: await startNonsense(),
    staying: await startSaying(NONSENSE),
    binary: await startSaying('\x15\x03\x01\0\x02\x02\x46'),
    closing: await startClosing(),
  }
})

fallback.after(({ here, there, namespace, peers }) => {
  here.stop()
  there.stop()
  namespace.stop()
  for (const peer of Object.values(peers)) peer.stop()
})

for (const artefact of ARTEFACTS) {
  for (const fault of FAULTS) {
    for (const [mode, next] of fault.modes.flatMap((mode) => nextAfter(mode, artefact))) {
      const title = `${artefact.name}, ${mode}: top network ${fault.name}, ssh is in over ${next}`
      fallback(title, async (context) => {
        const place = context[fault.place]
        const measured = artefact === EXECUTABLE && next === 'direct'
        const logins = { artefact, mode, next, repeats: measured ? REPEATS : 1 }
        const fallen = await logIn(place, { ...logins, top: fault.top(context) })
        if (!measured) return
        const plain = await logIn(place, { ...logins, top: null })
        console.log(`${title}: ${Math.round(fallen - plain)} ms more`)
      })
    }

    fallback(
      `${artefact.name}: explain says that the top network ${fault.name}`,
      async (context) => {
        const place = context[fault.place]
        const { inside } = place
        const make = () => settle(place, { artefact, next: 'direct' }, fault.top(context))
        const { home, explained } = await explainPromptly(make, fault, inside)
        const [top, next] = [routeBy(explained, 'top'), routeBy(explained, 'next')]
        assert.is(explained.winner, 'next')
        assert.is(explained.status, 0)
        assert.equal([top.outcome, top.stage], [fault.outcome, fault.stage])
        const due = fault.outcome === 'failed' ? Math.min(Number(top.endedAt), STAGGER) : STAGGER
        assert.ok(Number(next.startedAt) >= due, `next started at ${next.startedAt}`)
        if (fault.outcome === 'lost') assert.ok(waitOf(next) < GRACE, `next: ${waitOf(next)} ms`)
        const { stdout } = await runByway(home, ['explain', MACHINE], { inside })
        assert.match(stdout.toString(), fault.words)
      },
    )
  }
}

fallback.run()

/** The executable is tried with every network, the script with one. */
function nextAfter(mode: Way['mode'], artefact: Artefact): [Way['mode'], Way['network']][] {
  const direct: [Way['mode'], Way['network']] = [mode, 'direct']
  return artefact === EXECUTABLE ? [direct, [mode, 'socks']] : [direct]
}

async function openPlace(inside: readonly string[]): Promise<Place> {
  const sshd = await startSshd({ inside })
  const proxy = await startDynamicForward(sshd, inside)
  const stop = () => {
    proxy.stop()
    sshd.stop()
  }
  return { inside, sshd, proxy, stop }
}

/** A home whose machine is reached by `next`, and not by the top network, if there is any. */
function settle(
  { sshd, proxy }: Place,
  { artefact, next }: { artefact: Artefact; next: Way['network'] },
  top: Address | null,
): Home {
  const home = new Home(artefact)
  const direct = { peers: { [MACHINE]: { host: '127.0.0.1', port: sshd.port } } }
  const socks = {
    technology: 'socks',
    socks: proxy.address,
    peers: { [MACHINE]: { host: 'localhost', port: sshd.port } },
  }
  const network = { priority: 1, ...(next === 'direct' ? direct : socks) }
  const peers = top === null ? {} : { [MACHINE]: { host: top.host, port: top.port } }
  home.writeInventory({ networks: { next: network, top: { priority: 2, peers } } })
  return home
}

/** Each time in another home: one that knows of a dead network does not wait for it. */
async function explainPromptly(make: () => Home, { outcome }: Fault, inside: Place['inside']) {
  for (let tries = 1; ; tries++) {
    const home = make()
    const explained = await explain(home, [MACHINE], { inside })
    const wait = outcome === 'lost' ? waitOf(routeBy(explained, 'next')) : 0
    const isPrompt = routeBy(explained, 'top').outcome === outcome && wait < GRACE
    if (isPrompt || tries === REPEATS) return { home, explained }
  }
}

interface Logins {
  readonly artefact: Artefact
  readonly mode: Way['mode']
  readonly next: Way['network']
  readonly top: Address | null
  readonly repeats: number
}

/** The milliseconds of the fastest of some logins, each of which has to succeed. */
async function logIn(place: Place, { top, mode, repeats, ...ways }: Logins): Promise<number> {
  const home = settle(place, ways, top)
  const { sshd, inside } = place
  const ssh = new SshClient({ home, sshd, inside, include: SNIPPETS[mode] })
  const times: number[] = []
  while (times.length < repeats) {
    const { stdout, stderr, ms } = await ssh.run('ssh', [MACHINE, 'echo in'])
    assert.is(stdout.toString(), 'in\n', stderr)
    times.push(ms)
  }
  await leavesNothing(home)
  return Math.min(...times)
}
