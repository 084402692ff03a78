import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import type { Listener } from '../helpers/listen.ts'
import { suite } from '../helpers/suite.ts'
import {
  connectTo,
  machineAt,
  makeToyHome,
  settled,
  startPeer,
  type ToyHome,
} from '../helpers/toy-home.ts'

const errors = suite<{ peer: Listener }>('a flake that cannot be evaluated')

errors.before(async (context) => {
  context.peer = await startPeer('x')
})

errors.after(({ peer }) => peer.stop())

/** A toy home that was connected to, and whose flake is now broken. */
async function breakFlake(peer: Listener): Promise<ToyHome> {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(peer) } })
  await connectTo(toy, 'web')
  toy.clan.put('flake.nix', '{ outputs = { self }: { clan = throw "the clan is broken"; }; }')
  return toy
}

errors('broken, it is used as it was, and not evaluated again and again', async ({ peer }) => {
  const toy = await breakFlake(peer)
  const { runs } = toy.nix
  const first = await connectTo(toy, 'web', ['-v'])
  assert.is(first.stdout.toString(), 'SSH-2.0-x\r\n', first.stderr)
  await settled(toy)
  for (let i = 0; i < 3; i++) {
    const { stdout, stderr } = await connectTo(toy, 'web', ['-v'])
    assert.is(stdout.toString(), 'SSH-2.0-x\r\n', stderr)
    assert.match(stderr, 'nix: the clan is broken; used as it was evaluated before')
  }
  await settled(toy)
  assert.is(toy.nix.runs, runs + 1)
})

errors('broken, an unknown machine is answered with what nix says', async ({ peer }) => {
  const toy = await breakFlake(peer)
  const { stderr, status, stdout } = await connectTo(toy, 'wen')
  const why = `flake "${toy.clan.folder}": nix: the clan is broken`
  assert.match(stderr, `byway: no machine "wen" in the inventory, which is out of date: ${why}\n`)
  assert.match(stderr, 'hint: did you mean web?')
  assert.equal([status, stdout.length], [68, 0])
})

errors('broken, refresh says what nix says and keeps what was known', async ({ peer }) => {
  const toy = await breakFlake(peer)
  const { stderr, status, stdout } = await runByway(toy.home, ['refresh'])
  assert.match(stderr, `byway: flake "${toy.clan.folder}": nix: the clan is broken\n`)
  assert.equal([status, stdout.length], [65, 0])
  assert.is((await connectTo(toy, 'web')).stdout.toString(), 'SSH-2.0-x\r\n')
})

errors('mended, it is evaluated again', async ({ peer }) => {
  const toy = await breakFlake(peer)
  await connectTo(toy, 'web')
  await settled(toy)
  const other = await startPeer('mended')
  toy.clan.write({ machines: { web: machineAt(other) } })
  await connectTo(toy, 'web')
  await settled(toy)
  assert.is((await connectTo(toy, 'web')).stdout.toString(), 'SSH-2.0-mended\r\n')
  other.stop()
})

const FIRST: Readonly<Record<string, { nix: string; words: RegExp; status: number }>> = {
  throws: {
    nix: '{ outputs = { self }: { clan = throw "never worked"; }; }',
    words: /: nix: never worked\n$/,
    status: 65,
  },
  'is no Nix': {
    nix: '{ outputs = ',
    words: /: nix: syntax error, unexpected end of file\n$/,
    status: 65,
  },
  'is no clan': {
    nix: '{ outputs = { self }: { }; }',
    words: /: nix: flake '[^']+' does not provide attribute .*'clan'\n$/,
    status: 65,
  },
  'has exports that cannot even be listed': {
    nix: '{ outputs = { self }: { clan.exports = { }.nothing; }; }',
    words: /: nix: attribute 'nothing' missing\n$/,
    status: 65,
  },
}

for (const [name, { nix, words, status }] of Object.entries(FIRST)) {
  errors(`a flake that ${name}, and was never evaluated`, async () => {
    const toy = await makeToyHome(SCRIPT, {})
    toy.clan.put('flake.nix', nix)
    const result = await connectTo(toy, 'web')
    assert.match(result.stderr, words)
    assert.equal([result.status, result.stdout.length], [status, 0])
    assert.not.match(result.stderr, '\x1b')
  })
}

errors('a clan without exports is a clan without machines', async () => {
  const toy = await makeToyHome(SCRIPT, {})
  toy.clan.put('flake.nix', '{ outputs = { self }: { clan = { }; }; }')
  const { stderr, status } = await connectTo(toy, 'web')
  assert.match(stderr, 'byway: no machine "web" in the inventory\n')
  assert.is(status, 68)
})

errors('where there is no nix, it says so', async ({ peer }) => {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(peer) } })
  rmSync(join(toy.home.folder, 'bin/nix'))
  const env = { PATH: makeFolder() }
  const { stderr, status } = await runByway(toy.home, ['connect', 'web'], { env, input: '' })
  assert.match(stderr, ': there is no program "nix"\nhint: install Nix, or name an inventory file')
  assert.is(status, 69)
})

errors('a flake.nix that git does not know', async ({ peer }) => {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(peer) } })
  await toy.clan.git(['rm', '--quiet', '--cached', 'flake.nix'])
  const { stderr, status } = await connectTo(toy, 'web')
  assert.match(stderr, ': git does not know its flake.nix\n')
  assert.match(stderr, `hint: git -C ${toy.clan.folder} add flake.nix\n`)
  assert.is(status, 66)
})

for (const [name, words] of [
  ['not-there', 'no such directory'],
  ['.', 'there is no flake.nix in it, or above it'],
] as const) {
  errors(`--flake ${name}`, async () => {
    const home = new Home(SCRIPT)
    const { stderr, status } = await runByway(home, ['connect', '--flake', name, 'web'])
    assert.match(stderr, `byway: flake "${join(home.folder, name)}": ${words}\n`)
    assert.is(status, 66)
  })
}

errors('a reference to another host that does not answer, its token not shown', async () => {
  const home = new Home(SCRIPT)
  const flake = 'git+http://me:t0ken@127.0.0.1:1/clan'
  const { stderr, status } = await runByway(home, ['connect', '--flake', flake, 'web'])
  assert.match(stderr, 'byway: flake "git+http://[secret]@127.0.0.1:1/clan": nix: ')
  assert.not.match(stderr, 't0ken')
  assert.is(status, 65)
})

errors('a flake outside git, and one named by a reference to its path', async ({ peer }) => {
  for (const scheme of ['', 'path:']) {
    const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(peer) } })
    rmSync(join(toy.clan.folder, '.git'), { recursive: true })
    const flake = ['--flake', `${scheme}${toy.clan.folder}`]
    assert.is((await connectTo(toy, 'web', flake)).stdout.toString(), 'SSH-2.0-x\r\n')
    const { runs } = toy.nix
    toy.clan.put('modules/new.nix', '{ }')
    await connectTo(toy, 'web', flake)
    await settled(toy)
    assert.is(toy.nix.runs, runs + 1)
  }
})

errors.run()
