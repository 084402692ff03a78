import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MACHINE } from '../helpers/ssh-client.ts'
import { noteThrown } from '../helpers/thrown.ts'
import { HANDOVERS, Stage } from '../helpers/ways.ts'

const MIB = 1024 * 1024
/** A key exchange that costs little: there are to be many. */
const QUICK = ['-o', 'KexAlgorithms=curve25519-sha256']

const keys = suite<{ stage: Stage }>('new keys and compression')

keys.before(async (context) => {
  context.stage = await Stage.open()
})

keys.after(({ stage }) => stage.close())

for (const way of HANDOVERS) {
  keys(`${way.name}: many new keys, both directions full`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const input = randomBytes(MIB)
    const flags = ['-v', ...QUICK, '-o', 'RekeyLimit=64K']
    const { stdout, stderr, status } = await ssh.run('ssh', [...flags, MACHINE, 'cat'], { input })
    assert.is(status, 0, stderr)
    assert.ok(stdout.equals(input), 'stdout is what stdin was')
    const exchanges = stderr.match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0
    assert.ok(exchanges > 16, `${exchanges} key exchanges`)
    await leavesNothing()
    const what = `key exchanges in a full session, ${way.name}`
    const outcome = 'every byte arrived once'
    noteThrown({ suite: 'sessions of OpenSSH', what, times: exchanges, outcome })
  })

  keys(`${way.name}: compressed, new keys meanwhile`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const input = Buffer.concat([
      Buffer.alloc(4 * MIB, 'what can be compressed '),
      randomBytes(2 * MIB),
      Buffer.alloc(4 * MIB),
    ])
    const flags = ['-v', '-C', ...QUICK, '-o', 'RekeyLimit=1M']
    const { stdout, stderr, status } = await ssh.run('ssh', [...flags, MACHINE, 'cat'], { input })
    assert.is(status, 0, stderr)
    assert.match(stderr, /compression: zlib@openssh\.com/)
    assert.ok(stdout.equals(input), 'stdout is what stdin was')
    await leavesNothing()
  })
}

keys.run()
