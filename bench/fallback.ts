/** What dead networks above the live one cost a login: the first time, and when byway knows them. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { EXECUTABLE, Home } from '../test/helpers/byway.ts'
import { BLACK_HOLE, makeNamespace } from '../test/helpers/netns.ts'
import { type Address, REFUSING } from '../test/helpers/peers.ts'
import { start } from '../test/helpers/program.ts'
import { MACHINE, SNIPPETS, SshClient } from '../test/helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../test/helpers/sshd.ts'
import { type Contender, compare, type Row } from './harness.ts'

/** Of the namespace alone, where no other has it. */
const SILENT = { host: '127.0.0.1', port: 2222 }

interface Stage {
  readonly sshd: Sshd
  /** what runs programs where the black hole is */
  readonly inside: readonly string[]
}

export const fallback: Row = {
  name: 'fallback',
  target: 'refuses +20 ms, black hole and silence +270, three dead +600; known: +20',
  measure: async ({ runs }) => {
    const namespace = await makeNamespace()
    const { inside } = namespace
    const sshd = await startSshd({ inside })
    const silence = start([
      ...inside,
      'socat',
      '-u',
      `TCP-LISTEN:${SILENT.port},fork`,
      'OPEN:/dev/null',
    ])
    const hole = { host: BLACK_HOLE, port: 22 }
    const faults: readonly (readonly [string, readonly Address[]])[] = [
      ['refuses', [REFUSING]],
      ['black hole', [hole]],
      ['silent accept', [SILENT]],
      ['three dead', [REFUSING, hole, SILENT]],
    ]
    const stage = { sshd, inside }
    const contenders = [
      login('live alone', [], { ...stage, known: true }),
      ...faults.flatMap(([name, dead]) => [
        login(`${name}, first time`, dead, { ...stage, known: false }),
        login(`${name}, known`, dead, { ...stage, known: true }),
      ]),
    ]
    const table = await compare(['ms'], contenders, runs)
    silence.kill()
    sshd.stop()
    namespace.stop()
    return table
  },
}

function login(
  name: string,
  dead: readonly Address[],
  { sshd, inside, known }: Stage & { readonly known: boolean },
): Contender {
  const home = new Home(EXECUTABLE)
  const live = { priority: 1, peers: { [MACHINE]: { host: sshd.host, port: sshd.port } } }
  const above = dead.map((peer, i) => [`dead${i}`, { priority: 9 - i, peers: { [MACHINE]: peer } }])
  home.writeInventory({ networks: { live, ...Object.fromEntries(above) } })
  const client = new SshClient({ home, sshd, inside, include: SNIPPETS.relay })
  return {
    name,
    turn: async () => {
      if (!known) rmSync(join(home.folder, 'cache/byway/history'), { force: true })
      const { status, stderr, ms } = await client.run('ssh', [MACHINE, 'true'])
      if (status !== 0) throw new Error(`${name}: ${stderr}`)
      return [ms]
    },
  }
}
