import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as assert from 'uvu/assert'
import { makeFolder } from '../helpers/cleanup.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { Stage, WAYS } from '../helpers/ways.ts'

const MIB = 1024 * 1024
const SIZE = 256 * MIB

const bulk = suite<{ stage: Stage; file: string; checksum: string }>('256 MiB by rsync')

bulk.before(async (context) => {
  context.stage = await Stage.open()
  context.file = join(makeFolder(), 'random')
  writeFileSync(context.file, randomFillSync(Buffer.allocUnsafe(SIZE)))
  context.checksum = await sum(context.file)
})

bulk.after(({ stage }) => stage.close())

for (const way of WAYS) {
  bulk(`${way.name}: rsync, both ways`, async ({ stage, file, checksum }) => {
    const traveller = stage.travel(way)
    const [remote, back] = [traveller.home.newPath(), traveller.home.newPath()]
    const there = await traveller.ssh.rsync([file, `${MACHINE}:${remote}`])
    assert.is(there.status, 0, there.stderr)
    assert.is(await sum(remote), checksum)
    const here = await traveller.ssh.rsync([`${MACHINE}:${remote}`, back])
    assert.is(here.status, 0, here.stderr)
    assert.is(await sum(back), checksum)
    await traveller.leavesNothing()
    for (const copy of [remote, back]) rmSync(copy)
    console.log(`${way.name}: ${rate(there.ms)} there, ${rate(here.ms)} back`)
  })
}

bulk.run()

async function sum(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: MIB }), hash)
  return hash.digest('hex')
}

function rate(ms: number): string {
  return `${Math.round(SIZE / MIB / (ms / 1000))} MiB/s`
}
