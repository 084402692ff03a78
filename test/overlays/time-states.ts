/** Asks every overlay technology whether it runs, all at once, and prints as JSON what and when. */
import { makeComputer } from '../../src/computer/computer.ts'
import type { Means } from '../../src/core/means.ts'
import type { NetworkState } from '../../src/core/types.ts'
import { findProgram } from '../../src/daemons/find-program.ts'
import { makeTechnologies } from '../../src/networks/table.ts'

/** What came of it; milliseconds from the beginning. */
export interface TimedStates {
  readonly states: Readonly<Record<string, NetworkState & { readonly ms: number }>>
  /** until the last of them had answered */
  readonly ms: number
}

const NAMES = ['wireguard', 'zerotier', 'mycelium', 'yggdrasil', 'tailscale', 'tinc']

void main()

async function main(): Promise<void> {
  const computer = makeComputer({ findProgram: (name) => findProgram(name, process.env['PATH']) })
  const networkDaemon = () => Promise.resolve(null)
  const technologies = makeTechnologies({ computer, networkDaemon } as Partial<Means> as Means)
  const began = performance.now()
  const states = await Promise.all(
    NAMES.map(async (name) => {
      const network = { name, priority: 0, technology: name, module: name, settings: {} }
      const { signal } = new AbortController()
      const state = await technologies.get(name)?.state(network, signal)
      return [name, { ...state, ms: performance.now() - began }]
    }),
  )
  const ms = performance.now() - began
  process.stdout.write(JSON.stringify({ states: Object.fromEntries(states), ms }))
}
