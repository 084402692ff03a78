import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { noteWire } from '../helpers/fault-budget.ts'
import { makeNamespace, type Namespace } from '../helpers/netns.ts'
import { mustRun } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { startSshd } from '../helpers/sshd.ts'
import { leavesNothing } from '../helpers/ways.ts'

/*
 * Loss and rate limits are the kernel's own. Its netem, for delay and reordering, is in few kernels of containers: where
 * it is missing, delays are those of the fault proxy (ssh.faults.ts), and a rate limit makes a queue, which is a delay.
 */

const random = new Random('weather')
const ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
const DROP = 'table inet weather {\nchain in {\ntype filter hook input priority 0;\n'

interface Weather {
  readonly name: string
  /** run in the namespace */
  readonly setup: readonly (readonly string[])[]
  /** a rule of nftables that drops */
  readonly drop?: string
  /** bytes that go both ways */
  readonly bytes: number
  readonly needsNetem?: true
}

const MTU = ['ip', 'link', 'set', 'lo', 'mtu', '1500']
const WEATHERS: readonly Weather[] = [
  {
    name: '3 % of all packets lost',
    setup: [MTU],
    drop: 'meta l4proto tcp numgen random mod 100 < 3 drop',
    bytes: 600_000,
  },
  {
    name: 'every fourth SYN passes',
    setup: [MTU],
    drop: 'tcp flags & (syn | ack) == syn numgen inc mod 4 < 3 drop',
    bytes: 1000,
  },
  {
    name: '4 Mbit/s',
    setup: [MTU, 'tc qdisc add dev lo root tbf rate 4mbit burst 16kb latency 300ms'.split(' ')],
    bytes: 400_000,
  },
  {
    name: 'delay, reordering and loss by netem',
    setup: [MTU, 'tc qdisc add dev lo root netem delay 30ms 20ms reorder 25% loss 1%'.split(' ')],
    bytes: 300_000,
    needsNetem: true,
  },
]

const test = suite('weather')

for (const weather of WEATHERS) {
  for (const mode of ['relay', 'fdpass'] as const) {
    test(`${weather.name}, ${mode}: ssh is in, every byte arrives once`, async () => {
      const namespace = await makeNamespace()
      const missing = await makeWeather(weather, namespace)
      if (missing) return namespace.stop()
      const { inside } = namespace
      const sshd = await startSshd({ inside })
      const home = new Home(EXECUTABLE)
      const peers = { [MACHINE]: { host: '127.0.0.1', port: sshd.port } }
      home.writeInventory({ networks: { only: { timeout: 60, peers } } })
      const ssh = new SshClient({ home, sshd, inside, include: SNIPPETS[mode] })
      const input = random.bytes(weather.bytes)
      const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'cat'], { input })
      assert.ok(stdout.equals(input), `${stdout.length} bytes of ${input.length}: ${stderr}`)
      await leavesNothing(home)
      sshd.stop()
      namespace.stop()
      noteWire(`${weather.name}, ${mode}, real ssh`, 1, 'ssh is in, every byte once')
    })
  }
}

test.run()

/** True when this kernel has no such weather. */
async function makeWeather(weather: Weather, { inside }: Namespace): Promise<boolean> {
  for (const command of weather.setup) {
    try {
      await mustRun([...inside, ...command], { env: ENV })
    } catch (error) {
      if (weather.needsNetem !== true || !/qdisc kind is unknown/.test(String(error))) throw error
      console.log('no netem in this kernel')
      noteWire(`${weather.name}, real ssh`, 0, 'not in this kernel')
      return true
    }
  }
  if (weather.drop === undefined) return false
  await mustRun([...inside, 'nft', '-f', '-'], {
    env: ENV,
    input: `${DROP}${weather.drop}\n}\n}\n`,
  })
  return false
}
