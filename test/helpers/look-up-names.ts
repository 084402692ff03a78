/** A program: looks names up where a name server is silent, and prints what came of it, as JSON. */
import { messageOf } from '../../src/core/errors.ts'
import { lookupAddresses, lookupsPending } from '../../src/transports/lookup.ts'
import { settled } from './fake-clock.ts'

/** What came of one lookup. */
export interface LookedUp {
  readonly addresses?: readonly string[]
  readonly error?: string
  readonly ms: number
  /** whether any lookup has not come back by then */
  readonly pending: boolean
}

/** libuv gives half of its threads to lookups. */
const BESIDE = 30

void main()

async function main(): Promise<void> {
  const results: Record<string, LookedUp> = {
    known: await lookUp('known'),
    unknown: await lookUp('unknown.test'),
    aborted: await lookUp('aborted.test', true),
  }
  for (let i = 0; i < BESIDE; i++) void lookUp(`silent-${i}.test`)
  results['beside'] = await lookUp('known')
  // an exit would wait for the lookups that nobody answers
  process.stdout.write(JSON.stringify(results), () => process.kill(process.pid, 'SIGKILL'))
}

async function lookUp(name: string, aborts = false): Promise<LookedUp> {
  const abort = new AbortController()
  const began = performance.now()
  const lookup = lookupAddresses(name, abort.signal)
  if (aborts) void settled().then(() => abort.abort('aborted'))
  const found = await lookup.then(
    (addresses) => ({ addresses }),
    (error: unknown) => ({ error: messageOf(error) }),
  )
  return { ...found, ms: performance.now() - began, pending: lookupsPending() }
}
