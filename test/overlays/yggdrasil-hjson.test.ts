// serial
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Lab, makeLab } from '../helpers/hosts.ts'
import { mustRun } from '../helpers/program.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { openDesk } from './desk.ts'
import { type FarSide, makeYggdrasil, WEB } from './far-sides.ts'
import { NETWORK, Seat } from './seat.ts'

interface Context {
  lab: Lab
  sshd: Sshd
  far: FarSide
  programs: readonly string[]
}

const test = suite<Context>('yggdrasil on demand: HJSON, where there is a yggstack')

test.before(async (context) => {
  context.lab = await makeLab(['desk', WEB])
  const { inside } = context.lab.host(WEB)
  context.sshd = await startSshd({ inside, listen: ['0.0.0.0', '::'] })
  const far = await makeYggdrasil(context.lab)
  await writeHjson(far)
  context.far = { ...far, daemon: (home) => ({ config: { file: join(home, 'ygg.conf') } }) }
  context.programs = [makeYggstack()]
  await openDesk(context.lab)
})

test.after(({ lab, sshd }) => {
  lab?.stop()
  sshd?.stop()
})

/** The configuration with its key, as yggdrasil itself writes it for people. */
async function writeHjson({ folder, secret }: FarSide): Promise<void> {
  const settings = JSON.parse(readFileSync(join(folder, 'ygg.json'), 'utf8'))
  const input = JSON.stringify({ ...settings, PrivateKey: secret })
  const { stdout } = await mustRun(['/usr/sbin/yggdrasil', '-useconf', '-normaliseconf'], { input })
  assert.throws(() => JSON.parse(stdout.toString()))
  writeFileSync(join(folder, 'ygg.conf'), stdout)
}

/** One that is there, and that nobody is to start. */
function makeYggstack(): string {
  const path = join(makeFolder(), 'yggstack')
  writeFileSync(path, '#!/bin/sh\necho yggstack was started >&2; exit 3\n')
  chmodSync(path, 0o755)
  return path
}

test('yggdrasil in a namespace takes it: a login', async ({ lab, ...parts }) => {
  const seat = await Seat.make(lab.host('desk'), parts)
  const { stdout, stderr } = await seat.ssh('relay', ['echo in'])
  assert.is(stdout.toString(), 'in\n', stderr)
  await seat.leavesNothing()
})

test('never in a namespace: what is wrong with it is said', async ({ lab, far, ...parts }) => {
  const daemon = (home: string) => ({ ...far.daemon(home), namespace: false })
  const seat = await Seat.make(lab.host('desk'), { ...parts, far: { ...far, daemon } })
  const { status, stderr } = await seat.byway(['up', NETWORK])
  assert.is(status, 78)
  assert.match(stderr, 'the configuration of yggdrasil is no JSON')
})

test.run()
