import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { systemClock } from '../core/clock.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import { type Runner, runRace } from '../core/run-race.ts'
import { joinHostPort } from '../core/host-port.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Connection, Target } from '../core/types.ts'
import { openSocket, reasonOf } from './open-socket.ts'

/** Connection Attempt Delay, RFC 8305 section 5, milliseconds. */
const ATTEMPT_DELAY = 250

/**
 * Opens a TCP connection. A name is looked up as the computer does it (getaddrinfo(3)), and its
 * addresses are raced: families alternate, a further address starts 250 ms after the one before
 * or when that failed, the first that connects wins (RFC 8305). Throws UNAVAILABLE.
 */
export async function dialTcp(target: Target, attempt: Attempt): Promise<Connection> {
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  const addresses = isIP(host) > 0 ? [host] : await lookupAddresses(host, attempt)
  attempt.stage('connect', addresses.length > 1 ? `${addresses.length} addresses` : undefined)
  return raceAddresses(addresses, { ...target, host }, attempt.signal)
}

/** Alternates the families, keeping the order within each and the family that came first. */
export function interleave(addresses: readonly { address: string; family: number }[]): string[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family)
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family)
  const pairs = first.flatMap((one, i) => [one, ...second.slice(i, i + 1)])
  return [...pairs, ...second.slice(first.length)].map(({ address }) => address)
}

async function lookupAddresses(host: string, { signal, stage }: Attempt): Promise<string[]> {
  stage('lookup')
  try {
    const found = await Promise.race([lookup(host, { all: true, order: 'verbatim' }), aborted(signal)])
    return interleave(found)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw new BywayError('UNAVAILABLE', `look up "${host}": ${reasonOf(cause)}`, { cause })
  }
}

/** getaddrinfo cannot be cancelled: its answer is left behind when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function raceAddresses(
  addresses: readonly string[],
  target: { host: string; port: number },
  signal: AbortSignal,
): Promise<Connection> {
  const errors: unknown[] = []
  const runners = addresses.map((address): Runner<Connection> => ({
    priority: 0,
    timeout: Number.POSITIVE_INFINITY,
    run: (lane) => {
      const where = { host: address, port: target.port }
      return openSocket(where, joinHostPort(address, target.port), lane.signal)
    },
  }))
  const win = await runRace(runners, {
    rules: { stagger: ATTEMPT_DELAY, grace: 0, patience: 0 },
    clock: systemClock,
    signal,
    discard: (connection) => connection.close(),
    observe: ({ error }) => error !== undefined && errors.push(error),
  })
  if (win !== null) return win.value
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more addresses)` : ''
  throw new BywayError('UNAVAILABLE', `${messageOf(first)}${more}`, { cause: first })
}
