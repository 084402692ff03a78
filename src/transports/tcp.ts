import { isIP } from 'node:net'
import { systemClock } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import { requireNoOnion } from '../core/onion.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import { type Runner, runRace } from '../core/run-race.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Target } from '../core/types.ts'
import { lookupAddresses } from './lookup.ts'
import { openSocket, type SocketOptions } from './open-socket.ts'

/** Connection Attempt Delay, RFC 8305 section 5, milliseconds. */
const ATTEMPT_DELAY = 250

/**
 * Opens a TCP connection. A name is looked up as the computer does it (getaddrinfo(3)), and its
 * addresses are raced (RFC 8305). Throws UNAVAILABLE.
 */
export function dialTcp(target: Target, attempt: Attempt): Promise<Connection> {
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  return openTcp({ host, port: target.port }, {}, attempt)
}

/**
 * Connects to a host: families alternate, a further address starts 250 ms after the one before or
 * when that failed, the first that connects wins (RFC 8305). Throws UNAVAILABLE.
 */
export async function openTcp(
  { host, port }: { host: string; port: number },
  options: SocketOptions,
  { signal, stage }: Pick<Attempt, 'signal' | 'stage'>,
): Promise<PulledSocket> {
  requireNoOnion(host)
  const named = isIP(host) === 0
  if (named) stage('lookup')
  const addresses = named ? await lookupAddresses(host, signal) : [host]
  stage('connect', addresses.length > 1 ? `${addresses.length} addresses` : undefined)
  const dial = (address: string, lane: AbortSignal) =>
    openSocket({ host: address, port }, { ...options, name: joinHostPort(address, port) }, lane)
  return raceAddresses(addresses, dial, signal)
}

async function raceAddresses(
  addresses: readonly string[],
  dial: (address: string, signal: AbortSignal) => Promise<PulledSocket>,
  signal: AbortSignal,
): Promise<PulledSocket> {
  const errors: unknown[] = []
  const runners = addresses.map(
    (address): Runner<PulledSocket> => ({
      priority: 0,
      timeout: Number.POSITIVE_INFINITY,
      run: (lane) => dial(address, lane.signal),
    }),
  )
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
