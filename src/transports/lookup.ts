import type * as dns from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { BywayError } from '../core/errors.ts'
import { reasonOf } from '../core/reasons.ts'
import { countLookupThreads } from './lookup-threads.ts'

let pending = 0
/** what libuv has been told: it reads it once */
let threads: string | undefined

/**
 * True while a lookup has not come back. getaddrinfo(3) cannot be cancelled, and the end of a
 * process waits for its threads: whoever ends byway must not do it by exit(3) then.
 */
export function lookupsPending(): boolean {
  return pending > 0
}

/**
 * The addresses of a name as the computer looks names up (getaddrinfo(3): hosts file, mDNS, DNS),
 * families alternating as RFC 8305 section 4 wants them. Throws UNAVAILABLE, or the signal's
 * reason when that aborts; the lookup itself then goes on in the background.
 */
export async function lookupAddresses(name: string, signal: AbortSignal): Promise<string[]> {
  const { lookup } = await import('node:dns')
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    startLookup(lookup, name, (error, found) => {
      signal.removeEventListener('abort', abort)
      if (error === null) resolve(interleave(found))
      else reject(lookupError(name, error))
    })
  })
}

/** Alternates the families, keeping the order within each and the family that came first. */
export function interleave(addresses: readonly LookupAddress[]): string[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family)
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family)
  const pairs = first.flatMap((one, i) => [one, ...second.slice(i, i + 1)])
  return [...pairs, ...second.slice(first.length)].map(({ address }) => address)
}

type Found = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void

function startLookup(lookup: typeof dns.lookup, name: string, found: Found): void {
  pending += 1
  // read when libuv's first thread starts; children are not to inherit it
  const inherited = process.env['UV_THREADPOOL_SIZE']
  threads ??= inherited ?? String(countLookupThreads())
  process.env['UV_THREADPOOL_SIZE'] = threads
  lookup(name, { all: true, order: 'verbatim' }, (error, addresses) => {
    pending -= 1
    found(error, addresses)
  })
  if (inherited === undefined) delete process.env['UV_THREADPOOL_SIZE']
}

function lookupError(name: string, cause: NodeJS.ErrnoException): BywayError {
  return new BywayError('UNAVAILABLE', `look up "${name}": ${reasonOf(cause)}`, { cause })
}
