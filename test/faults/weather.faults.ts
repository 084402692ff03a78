import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { noteWire } from '../helpers/fault-budget.ts'
import { makeNamespace, type Namespace } from '../helpers/netns.ts'
import { mustRun, SBIN_ENV } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { leavesNothing } from '../helpers/ways.ts'
import { makeWeatheredLink } from '../helpers/weather.ts'

/*
 * Loss and rate limits are the kernel's own. Its netem, for delay and reordering, is in few kernels of containers: a
 * program of the tests' own stands in for it, between two interfaces.
 */

const random = new Random('weather')
const DROP = 'table inet weather {\nchain in {\ntype filter hook input priority 0;\n'

interface Weather {
  readonly name: string
  /** run in the namespace */
  readonly setup: readonly (readonly string[])[]
  /** what is dropped, by nftables */
  readonly drop?: string
  /** bytes that go both ways */
  readonly bytes: number
}

// packets as on a wire: without the second a loopback's are of up to 64 KiB, and too few to be lost
const MTU = 'ip link set lo mtu 1500 gso_max_segs 1'.split(' ')
const WEATHERS: readonly Weather[] = [
  {
    name: '3 % of all packets lost',
    setup: [MTU],
    drop: 'meta l4proto tcp numgen random mod 100 < 3',
    bytes: 600_000,
  },
  {
    name: 'every fourth SYN passes',
    setup: [MTU],
    drop: 'tcp flags & (syn | ack) == syn numgen inc mod 4 < 3',
    bytes: 1000,
  },
  {
    name: '4 Mbit/s',
    setup: [MTU, 'tc qdisc add dev lo root tbf rate 4mbit burst 16kb latency 300ms'.split(' ')],
    bytes: 400_000,
  },
]

const test = suite('weather')

for (const weather of WEATHERS) {
  for (const mode of ['relay', 'fdpass'] as const) {
    test(`${weather.name}, ${mode}: ssh is in, every byte arrives once`, async () => {
      const namespace = await makeNamespace()
      await makeWeather(weather, namespace)
      const { inside } = namespace
      const sshd = await startSshd({ inside })
      await echo({ sshd, inside, mode, host: '127.0.0.1' }, weather.bytes)
      const harm = await countHarm(weather, namespace)
      assert.ok(harm > 0, 'there was no weather')
      sshd.stop()
      namespace.stop()
      console.log(`${weather.name}, ${mode}: ${harm} packets met it`)
      noteWire(`${weather.name}, ${mode}, real ssh`, 1, 'ssh is in, every byte once')
    })
  }
}

for (const mode of ['relay', 'fdpass'] as const) {
  test(`delay, reordering and loss, ${mode}: ssh is in, every byte arrives once`, async () => {
    const seed = random.below(2 ** 31)
    const link = await makeWeatheredLink({ delay: 30, jitter: 20, reorder: 25, loss: 2, seed })
    const sshd = await startSshd({ inside: link.there, listen: ['0.0.0.0'] })
    await echo({ sshd, inside: link.here, mode, host: link.address }, 300_000)
    sshd.stop()
    const { carried, lost, overtaken } = await link.stop()
    const packets = `${carried} packets, ${lost} lost, ${overtaken} overtaken`
    console.log(packets)
    assert.ok(lost > 0 && overtaken > 0, packets)
    const what = `packets late by 30 to 50 ms, 25 % of them not, 2 % lost, ${mode}, real ssh`
    noteWire(what, carried, 'ssh is in, every byte once')
  })
}

test.run()

interface Place {
  readonly sshd: Sshd
  readonly inside: readonly string[]
  readonly host: string
  readonly mode: 'relay' | 'fdpass'
}

/** So many bytes there and back, by a real ssh. */
async function echo({ sshd, inside, host, mode }: Place, bytes: number): Promise<void> {
  const home = new Home(EXECUTABLE)
  const peers = { [MACHINE]: { host, port: sshd.port } }
  home.writeInventory({ networks: { only: { timeout: 60, peers } } })
  const ssh = new SshClient({ home, sshd, inside, include: SNIPPETS[mode] })
  const input = random.bytes(bytes)
  const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'cat'], { input })
  assert.ok(stdout.equals(input), `${stdout.length} bytes of ${input.length}: ${stderr}`)
  await leavesNothing(home)
}

async function makeWeather({ setup, drop }: Weather, { inside }: Namespace): Promise<void> {
  for (const command of setup) await mustRun([...inside, ...command], { env: SBIN_ENV })
  if (drop === undefined) return
  const input = `${DROP}${drop} counter drop\n}\n}\n`
  await mustRun([...inside, 'nft', '-f', '-'], { env: SBIN_ENV, input })
}

/** How many packets the kernel has dropped, or held back for the rate. */
async function countHarm({ drop }: Weather, { inside }: Namespace): Promise<number> {
  const ask = drop === undefined ? 'tc -s qdisc show dev lo' : 'nft list ruleset'
  const { stdout } = await mustRun([...inside, ...ask.split(' ')], { env: SBIN_ENV })
  return Number(/(?:counter packets|overlimits) (\d+)/.exec(stdout.toString())?.[1])
}
