import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, Home, startByway } from '../helpers/byway.ts'
import { listen } from '../helpers/listen.ts'
import { BANNER, isKeeper, leavesNothing, makeInside } from '../helpers/on-demand-home.ts'
import { isAlive } from '../helpers/proc.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { until } from '../helpers/until.ts'

/** A filter that keeps every mapping out. */
const NOTHING = /^0+\n$/

const test = suite('core dumps')

for (const artefact of ARTEFACTS) {
  test(`${artefact.name}: no memory is in a core dump`, async () => {
    const server = await listen(() => {})
    const home = new Home(artefact)
    const socks = `socks5h://me:quokka@127.0.0.1:${server.port}`
    home.writeInventory({ networks: { a: { socks, peers: { [MACHINE]: { host: 'x' } } } } })
    const byway = startByway(home, ['connect', MACHINE])
    await until('a connection', () => server.connections > 0)
    assert.match(filterOf(byway.pid) ?? '', NOTHING)
    byway.kill()
    server.stop()
  })

  test(`${artefact.name}: nor of a keeper, its daemon, or whatever else byway starts`, async () => {
    const home = makeInside({}, artefact)
    const byway = startByway(home, ['connect', MACHINE])
    await byway.says(BANNER)
    const all = home.live().map((one) => ({ ...one, filter: filterOf(one.pid) }))
    // what brought the namespace up may end meanwhile
    const there = all.filter(({ filter }) => filter !== null)
    assert.ok(there.some(isKeeper) && there.length > 3, 'a keeper, and what it started')
    for (const { filter, command } of there) assert.match(filter ?? '', NOTHING, command)
    byway.child.stdin.end()
    await leavesNothing(home)
  })
}

test.run()

/** Null: the process has ended; it has no memory before it is gone, and an empty file then. */
function filterOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/coredump_filter`, 'utf8') || null
  } catch (error) {
    if (isAlive(pid)) throw error
    return null
  }
}
