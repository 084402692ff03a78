// serial
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Home } from '../helpers/byway.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { noteThrown } from '../helpers/thrown.ts'
import { HANDOVERS, Stage } from '../helpers/ways.ts'
import { leftBehind } from './many.ts'

const COUNT = Number(process.env['BYWAY_TEST_LOGINS'] ?? 200)
/** Bytes that history and log may come to, however many connects they tell of. */
const KEPT = 1024 * 1024

const load = suite<{ stage: Stage }>('many sessions in sequence')

load.before(async (context) => {
  context.stage = await Stage.open()
})

load.after(({ stage }) => stage.close())

for (const way of HANDOVERS.filter(({ network }) => network === 'direct')) {
  const times = COUNT / 2
  load(`${way.name}: ${times} logins, one after another`, async ({ stage }) => {
    const { home, ssh, leavesNothing } = stage.travel(way)
    const login = async (turn: number) => {
      const { stdout, stderr, status } = await ssh.run('ssh', [MACHINE, `echo ${turn}`])
      assert.equal([stdout.toString(), stderr, status], [`${turn}\n`, '', 0])
    }
    await login(0)
    const files = keptFiles(home).length
    for (let turn = 1; turn < times; turn++) await login(turn)
    await leavesNothing()
    assert.equal(leftBehind(home), [])
    const kept = keptFiles(home)
    assert.ok(kept.length <= files + 2, `kept: ${kept}`)
    const bytes = kept.reduce((sum, file) => sum + statSync(file).size, 0)
    assert.ok(bytes < KEPT, `${bytes} bytes are kept: ${kept}`)
    const outcome = `none failed, nothing left, ${Math.round(bytes / 1024)} KiB kept on disk`
    console.log(`${way.name}: ${outcome}`)
    noteThrown({ suite: 'load', what: `logins in sequence, ${way.name}`, times, outcome })
  })
}

load.run()

/** The files of cache, history and log. */
function keptFiles({ folder }: Home): string[] {
  return ['cache', 'state'].flatMap((name) => {
    const below = readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    return below
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  })
}
