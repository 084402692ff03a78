import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runByway } from '../helpers/byway.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { join } from '../helpers/peers.ts'
import { MACHINE, SshClient } from '../helpers/ssh-client.ts'
import { noteThrown } from '../helpers/thrown.ts'
import { HANDOVERS, leavesNothing, pointTo, Stage, type Way } from '../helpers/ways.ts'

const MIB = 1024 * 1024
/** Bytes in one direction after which a connection breaks. */
const BREAKS_AFTER = 2 * MIB

const copies = suite<{ stage: Stage }>('copies that are resumed, and between two machines')

copies.before(async (context) => {
  context.stage = await Stage.open()
})

copies.after(({ stage }) => stage.close())

for (const way of HANDOVERS) {
  for (const [command, resume] of [
    ['put', 'put -a'],
    ['get', 'reget'],
  ]) {
    copies(`${way.name}: ${command} breaks off, and ${resume} goes on`, async ({ stage }) => {
      const { home, ssh } = stage.travel(way)
      const [from, to] = [home.newPath(), home.newPath()]
      const content = randomBytes(4 * MIB)
      writeFileSync(from, content)
      const fragile = await startFragile(stage)
      pointTo(home, stage, { way, port: fragile.port })
      const sftp = (line: string) => {
        return ssh.run('sftp', ['-b', '-', MACHINE], { input: `${line} ${from} ${to}\n` })
      }
      assert.is.not((await sftp(command ?? '')).status, 0)
      fragile.stop()
      const half = statSync(to).size
      assert.ok(half > 0 && half < content.length, `${half} bytes arrived`)
      pointTo(home, stage, { way, port: stage.sshd.port })
      const { status, stderr } = await sftp(resume ?? '')
      assert.is(status, 0, stderr)
      assert.ok(readFileSync(to).equals(content), 'what arrived is what was sent')
      await leavesNothing(home)
      const what = `sftp broken off and resumed, ${way.name}`
      noteThrown({ suite: 'sessions of OpenSSH', what, times: 1, outcome: 'the file is whole' })
    })
  }

  for (const flags of [['-3'], ['-3', '-O']]) {
    copies(`${way.name}: scp ${flags.join(' ')} from one machine to another`, async ({ stage }) => {
      const { home, ssh } = await travelToTwo(stage, way)
      const [from, to] = [home.newPath(), home.newPath()]
      const content = randomBytes(MIB)
      writeFileSync(from, content)
      const { status, stderr } = await ssh.run('scp', [
        ...flags,
        `${MACHINE}:${from}`,
        `other:${to}`,
      ])
      assert.is(status, 0, stderr)
      assert.ok(existsSync(to) && readFileSync(to).equals(content), 'what arrived is what was sent')
      await leavesNothing(home)
    })
  }
}

copies.run()

/** A way to the sshd that breaks when so much has gone through. */
function startFragile(stage: Stage): Promise<Listener> {
  return listen((socket) => {
    const server = connect(stage.sshd)
    join(socket, server)
    let moved = 0
    for (const side of [socket, server]) {
      side.on('data', (bytes: Buffer) => {
        moved += bytes.length
        if (moved > BREAKS_AFTER) socket.resetAndDestroy()
      })
    }
  })
}

/** Two machines, as `byway ssh-config` writes them. */
async function travelToTwo(stage: Stage, way: Way) {
  const { home } = stage.travel(way)
  const { networks } = stage.inventory(way.network)
  const peers = { ...networks.only.peers, other: networks.only.peers[MACHINE] }
  home.writeInventory({ networks: { only: { ...networks.only, peers } } })
  const flags = way.mode === 'fdpass' ? ['--fdpass'] : []
  const { stdout } = await runByway(home, ['ssh-config', ...flags])
  const include = home.writeFile('two.conf', stdout)
  return { home, ssh: new SshClient({ home, sshd: stage.sshd, include, names: ['other'] }) }
}
