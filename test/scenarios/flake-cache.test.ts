import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runByway, SCRIPT } from '../helpers/byway.ts'
import { putHostKey } from '../helpers/host-identity.ts'
import type { Listener } from '../helpers/listen.ts'
import { inventOnion } from '../helpers/onion-names.ts'
import { startSilent } from '../helpers/peers.ts'
import { Random } from '../helpers/random.ts'
import { startSocks } from '../helpers/socks-server.ts'
import { suite } from '../helpers/suite.ts'
import {
  connectTo,
  machineAt,
  makeToyHome,
  settled,
  startPeer,
  type ToyHome,
} from '../helpers/toy-home.ts'
import { until } from '../helpers/until.ts'

const cached = suite<{ peer: Listener }>('a flake, and a cache that fails')
const BANNER = 'SSH-2.0-x\r\n'
/** All that is said where nix evaluates. */
const PROGRESS = /^(byway: evaluating flake "[^"]*" \(\d+ s\)\n)+$/

cached.before(async (context) => {
  context.peer = await startPeer('x')
})

cached.after(({ peer }) => peer.stop())

function makeHome(peer: Listener): Promise<ToyHome> {
  return makeToyHome(SCRIPT, { machines: { web: machineAt(peer) } })
}

/** The file that keeps what the flake was evaluated to. */
function evaluationOf({ home }: ToyHome): string {
  const folder = join(home.folder, 'cache/byway')
  const name = readdirSync(folder).find((one) => one.endsWith('.evaluation.json'))
  if (name === undefined) throw new Error('nothing is kept')
  return join(folder, name)
}

/** What runs a program that sees the cache as a disk with no room. */
function onFullDisk({ home }: ToyHome): string[] {
  const cache = join(home.folder, 'cache/byway')
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  const mount = 'mount -t tmpfs -o size=4k,mode=700 tmpfs "$1" && head -c 4096 /dev/zero >"$1/x"'
  return ['unshare', '--mount', 'sh', '-c', `${mount}; shift; exec "$@"`, 'sh', cache]
}

cached(
  'no folder for it, never evaluated: each byway evaluates, and says so at -v',
  async ({ peer }) => {
    const toy = await makeHome(peer)
    mkdirSync(join(toy.home.folder, 'cache'), { recursive: true })
    writeFileSync(join(toy.home.folder, 'cache/byway'), '')
    for (let turn = 1; turn <= 2; turn++) {
      const { stdout, stderr, status } = await connectTo(toy, 'web', ['-v'])
      assert.equal([stdout.toString(), status], [BANNER, 0], stderr)
      assert.match(stderr, `byway: flake "${toy.clan.folder}" is evaluated at each start: `)
      assert.not.match(stderr, /has changed|background/)
      assert.is(toy.nix.runs, turn)
    }
    const { stderr } = await connectTo(toy, 'wen')
    assert.match(stderr, 'byway: no machine "wen" in the inventory')
    assert.not.match(stderr, 'out of date')
    assert.is(toy.nix.runs, 3)
  },
)

cached('no folder for it: the host keys of the clan are known all the same', async ({ peer }) => {
  const toy = await makeHome(peer)
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIu1Lvt2b0xcDlyW3yBrlkqcRwUcCVJ1ghB6gI7cDhuS'
  putHostKey(toy.clan.folder, 'web', key)
  const known = () => runByway(toy.home, ['known-hosts', 'web'])
  const early = await known()
  assert.equal([early.stdout.toString(), toy.nix.runs], ['', 0], 'the connection comes first')
  rmSync(join(toy.home.folder, 'cache/byway'), { recursive: true })
  writeFileSync(join(toy.home.folder, 'cache/byway'), '')
  const { stdout, stderr } = await known()
  assert.equal([stdout.toString(), stderr], [`web ${key}\n`, ''])
})

cached('no room for it, never evaluated: the machine is reached', async ({ peer }) => {
  const toy = await makeHome(peer)
  const inside = onFullDisk(toy)
  const { stdout, stderr } = await runByway(toy.home, ['connect', 'web'], { inside, input: '' })
  assert.is(stdout.toString(), BANNER, stderr)
  assert.match(stderr, PROGRESS)
  assert.is(toy.nix.runs, 1)
})

cached(
  'no room for it, a machine that is not there: what nix would say is not awaited',
  async ({ peer }) => {
    const toy = await makeHome(peer)
    const inside = onFullDisk(toy)
    const { stderr, status } = await runByway(toy.home, ['connect', 'wen'], { inside, input: '' })
    assert.match(stderr, 'byway: no machine "wen" in the inventory')
    assert.is(status, 68)
  },
)

cached('every kind of damage: evaluated again, or as it was', async ({ peer }) => {
  const random = new Random('flake-cache')
  const toy = await makeHome(peer)
  await connectTo(toy, 'web')
  await settled(toy)
  const path = evaluationOf(toy)
  const whole = readFileSync(path)
  for (let turn = 0; turn < 6; turn++) {
    const changed = Buffer.from(whole)
    const at = random.between(0, whole.length - 1)
    changed[at] = (whole[at] ?? 0) ^ random.between(1, 255)
    writeFileSync(path, turn % 2 === 0 ? changed : whole.subarray(0, at))
    const { stdout, stderr, status } = await connectTo(toy, 'web')
    assert.equal([stdout.toString(), status], [BANNER, 0], `byte ${at}: ${stderr}`)
    assert.match(stderr, PROGRESS)
    await settled(toy)
  }
})

for (const [what, other] of [
  ['the same', 'web'],
  ['something else', 'db'],
] as const) {
  cached(`renewed during a login, to ${what}: an onion name in clear is dialled`, async () => {
    const tor = await startSocks({ anyUser: true })
    const silent = await startSilent()
    const onion = inventOnion()
    const flake = (machine: string) => ({
      machines: { [machine]: machineAt(silent), web: machineAt(silent) },
      nix: `"clan-core/tor:tor:server:web".peer.hosts = [ { plain = "${onion}"; } ];`,
    })
    const toy = await makeToyHome(SCRIPT, flake('web'))
    const { home, clan } = toy
    const networks = { tor: { technology: 'tor', socks: tor.address } }
    home.writeConfig({ flake: clan.folder, networks, stagger: 10_000, timeout: 60 })
    await runByway(home, ['refresh'])
    clan.put('flake.nix', `${readFileSync(join(clan.folder, 'flake.nix'), 'utf8')}\n# new\n`)
    if (other !== 'web') clan.write(flake(other))
    const { runs } = toy.nix
    const login = connectTo(toy, 'web')
    const direct = await silent.next()
    await until('it is evaluated', () => toy.nix.runs > runs && home.liveByways().length === 1)
    direct.destroy()
    await login
    assert.equal(tor.asked, [onion])
    for (const server of [tor, silent]) server.stop()
  })
}

cached.run()
