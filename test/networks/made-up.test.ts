import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Artefact, Home, runByway } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { startSshd } from '../helpers/sshd.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A technology as somebody may write it: one file. */
const PIGEON = `
import type { Means } from '../core/means.ts'
import type { Technology } from '../core/types.ts'

/** Carrier pigeons: they know the way to loopback. */
export function makePigeon(means: Means): Technology {
  return {
    name: 'pigeon',
    state: async () => ({ state: 'running', detail: 'coo' }),
    dial: async (route, attempt) => {
      await means.reveal(route.host.at, route.clan, attempt)
      return means.tcp({ host: '127.0.0.1', port: route.port }, attempt)
    },
  }
}
`

const test = suite('networks: a made-up technology')

test('takes one file, and one line in the table', async () => {
  const artefact = await build((table) => {
    const entry = table.replace(
      /^const MAKERS.*\{$/m,
      "$&\n  pigeon: async () => (await import('./pigeon.ts')).makePigeon,",
    )
    assert.is.not(entry, table, 'the table is found')
    return entry
  })
  const sshd = await startSshd()
  const home = new Home(artefact)
  const peers = { web: { host: 'loft', port: sshd.port } }
  home.writeInventory({ networks: { loft: { technology: 'pigeon', priority: 7, peers } } })

  const { stdout } = await runByway(home, ['list', '--json'])
  const [network] = JSON.parse(stdout.toString()).networks
  assert.is(`${network.technology} ${network.state} ${network.detail}`, 'pigeon running coo')
  const connected = await runByway(home, ['connect', '-v', 'web'])
  assert.match(connected.stdout.toString(), /^SSH-2\.0-/)
  assert.match(connected.stderr, /by network "loft"/)
  sshd.stop()
})

test('without the line its name is a mistake', async () => {
  const home = new Home(await build((table) => table))
  home.writeInventory({ networks: { loft: { technology: 'pigeon', peers: {} } } })
  const { stderr, status } = await runByway(home, ['list'])
  assert.is(status, 65)
  assert.match(stderr, /networks\.loft\.technology: found "?pigeon"?, expected /)
})

test.run()

/** byway from these sources, with the file beside the others and the table changed. */
async function build(change: (table: string) => string): Promise<Artefact> {
  const folder = makeFolder()
  for (const name of ['src', 'scripts', 'package.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'dist'))
  const table = join(folder, 'src/networks/table.ts')
  writeFileSync(join(folder, 'src/networks/pigeon.ts'), PIGEON)
  writeFileSync(table, change(readFileSync(table, 'utf8')))
  await mustRun([process.execPath, 'scripts/bundle.mjs'], { cwd: folder })
  const file = join(folder, 'dist/byway.js')
  return { name: 'dist/byway.js', file, argv: [process.execPath, file] }
}
