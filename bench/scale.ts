/** Inventories of one machine and of very many: compiling, looking up, memory. */
import { EXECUTABLE, Home } from '../test/helpers/byway.ts'
import { compare, type Row } from './harness.ts'
import { startWaiting } from './peers.ts'
import { MEASURES, untilAccepted } from './start.ts'

const NETWORKS = 8

export const scale: Row = {
  name: 'scale',
  target: 'the largest at most 1.2 times the smallest, once compiled; compiled in less than 10 s',
  measure: async ({ runs, machines }) => {
    const peer = await startWaiting()
    const lines: string[] = []
    const contenders = []
    for (const count of new Set([1, 1000, machines])) {
      const home = new Home(EXECUTABLE)
      home.writeInventory(inventoryOf(count, peer))
      const argv = [EXECUTABLE.file, 'connect', `machine-${count - 1}`]
      const began = performance.now()
      await untilAccepted(argv, home.env, peer)
      const ms = performance.now() - began
      lines.push(
        `${count} machines × ${NETWORKS} networks: first connect, compiling, ${ms.toFixed(0)} ms.  `,
      )
      contenders.push({ name: `${count}`, turn: () => untilAccepted(argv, home.env, peer) })
    }
    const table = await compare(MEASURES, contenders, 2 * runs)
    peer.stop()
    return [...lines, '', ...table]
  },
}

/** The last network is the one by which machines are reached; the others have them, too. */
function inventoryOf(count: number, { host, port }: { host: string; port: number }) {
  const names = Array.from({ length: count }, (_, i) => `machine-${i}`)
  const peers = Object.fromEntries(names.map((name) => [name, { host, port }]))
  const networks = Array.from({ length: NETWORKS }, (_, i) => [
    `network-${i}`,
    { priority: 100 + i, peers },
  ])
  return { networks: Object.fromEntries(networks) }
}
