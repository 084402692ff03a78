import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, startByway } from '../helpers/byway.ts'
import { BANNER, isKeeper, leavesNothing, makeInside } from '../helpers/on-demand-home.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { readExactly } from '../helpers/streams.ts'

/** What goes to and fro after the signal; a debugger would long be open by then. */
const ROUNDS = 200

const test = suite('Node’s debugger')

for (const artefact of ARTEFACTS) {
  test(`${artefact.name}: SIGUSR1 opens none, in a connect or a keeper, and the session goes on`, async () => {
    const home = makeInside({}, artefact)
    const byway = startByway(home, ['connect', MACHINE])
    const { stdin, stdout } = byway.child
    await readExactly(stdout, BANNER.length)
    const keeper = home.live().find(isKeeper)
    assert.ok(keeper !== undefined, 'there is no keeper')
    const pids = [byway.pid, keeper.pid]
    const before = pids.map(portsOf)
    for (const pid of pids) process.kill(pid, 'SIGUSR1')
    for (let i = 0; i < ROUNDS; i++) {
      stdin.write('still there')
      assert.is((await readExactly(stdout, 11)).toString(), 'still there')
    }
    assert.equal(pids.map(portsOf), before)
    assert.not.match(byway.heard('stderr'), /debugger|inspector/i)
    stdin.end()
    assert.is((await byway.result).status, 0)
    await leavesNothing(home)
  })
}

test.run()

/** The TCP ports, in hexadecimal, at which a process listens. */
function portsOf(pid: number): string[] {
  assert.ok(existsSync(`/proc/${pid}`), `${pid} is gone`)
  const own = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)))
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1)
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && own.has(inode))
    .map(([, local = '']) => local)
}

function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1]
  } catch {
    return undefined
  }
}
