// serial
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MACHINE } from '../helpers/ssh-client.ts'
import { TorHome } from '../helpers/tor-home.ts'

const BYTES = 32 * 1024 * 1024

const bulk = suite('tor: bulk')

bulk('relayed and fd-passed: rsync of 32 MiB over the onion, with nothing lost', async () => {
  const copy = async (mode: 'relay' | 'fdpass') => {
    const stage = await TorHome.make()
    const { home } = stage
    const [local, remote] = [home.newPath(), home.newPath()]
    const content = randomBytes(BYTES)
    home.writeFile(local.slice(home.folder.length), content)
    const ssh = stage.ssh(mode)
    const there = await ssh.rsync(['--whole-file', local, `${MACHINE}:${remote}`])
    assert.is(there.status, 0, there.stderr)
    assert.ok(readFileSync(remote).equals(content), 'what came is what was sent')
    console.log(`${mode}: ${(32 / (there.ms / 1000)).toFixed(1)} MiB/s, start of tor included`)
    await stage.leavesNothing()
  }
  await Promise.all([copy('relay'), copy('fdpass')])
})

bulk.run()
