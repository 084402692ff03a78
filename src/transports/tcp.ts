import { isIP } from 'node:net'
import { systemClock } from '../core/clock.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import { type Runner, runRace } from '../core/run-race.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Connection, Target } from '../core/types.ts'
import { lookupAddresses } from './lookup.ts'
import { openSocket } from './open-socket.ts'

/** Connection Attempt Delay, RFC 8305 section 5, milliseconds. */
const ATTEMPT_DELAY = 250

/**
 * Opens a TCP connection. A name is looked up as the computer does it (getaddrinfo(3)), and its
 * addresses are raced: families alternate, a further address starts 250 ms after the one before
 * or when that failed, the first that connects wins (RFC 8305). Throws UNAVAILABLE.
 */
export async function dialTcp(target: Target, attempt: Attempt): Promise<Connection> {
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  const addresses = isIP(host) > 0 ? [host] : await lookUp(host, attempt)
  attempt.stage('connect', addresses.length > 1 ? `${addresses.length} addresses` : undefined)
  return raceAddresses(addresses, { ...target, host }, attempt.signal)
}

function lookUp(host: string, { signal, stage }: Attempt): Promise<string[]> {
  stage('lookup')
  return lookupAddresses(host, signal)
}

async function raceAddresses(
  addresses: readonly string[],
  target: { host: string; port: number },
  signal: AbortSignal,
): Promise<Connection> {
  const errors: unknown[] = []
  const runners = addresses.map(
    (address): Runner<Connection> => ({
      priority: 0,
      timeout: Number.POSITIVE_INFINITY,
      run: (lane) => {
        const where = { host: address, port: target.port }
        return openSocket(where, joinHostPort(address, target.port), lane.signal)
      },
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
