import * as assert from 'uvu/assert'
import type { Means } from '../../src/core/means.ts'
import type { NetworkState, Technology } from '../../src/core/types.ts'
import { makeTechnologies } from '../../src/networks/table.ts'
import { type FakeComputer, fakeComputer } from './fake-computer.ts'
import { fakeMeans, fakeNetwork } from './fake-means.ts'

/** What a technology has to say of a computer. */
export interface StateCase {
  /** the test's name */
  readonly name: string
  readonly computer: FakeComputer
  readonly state: NetworkState['state']
  readonly detail: string | RegExp
}

/** Fails unless the technology finds the state and says the detail. */
export async function checkState(technology: string, expected: StateCase): Promise<void> {
  const { state, detail } = await stateOn(expected.computer, technology)
  if (typeof expected.detail === 'string') assert.is(detail, expected.detail)
  else assert.match(detail, expected.detail)
  assert.is(state, expected.state)
}

/** Asks the technology of that name whether it runs on this computer. */
export function stateOn(computer: FakeComputer, technology: string): Promise<NetworkState> {
  const made = findMade(technology, fakeMeans({ computer: fakeComputer(computer) }))
  return made.state(fakeNetwork(technology), new AbortController().signal)
}

/** The technology of that name, made with these means. Throws when there is none. */
export function findMade(technology: string, means: Means): Technology {
  const made = makeTechnologies(means).get(technology)
  if (made === undefined) throw new Error(`no technology ${technology}`)
  return made
}
