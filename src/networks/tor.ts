import { createHash } from 'node:crypto'
import { BywayError } from '../core/errors.ts'
import { isWithin } from '../core/ip.ts'
import type { Means, SocksProxy } from '../core/means.ts'
import { isOnionName } from '../core/onion.ts'
import { isSecretVar, revealHost } from '../core/route-host.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Covered, Location, Network, Route, Technology } from '../core/types.ts'
import { readOnionName } from './onion.ts'
import { readOnionKey } from './onion-key.ts'
import { describeProxy, parseSocksUrl } from './socks-url.ts'
import { TOR_REPLIES } from './tor-replies.ts'

/** Where a tor that somebody runs is found: the daemon's port, then the Tor Browser's. */
const USUAL_PORTS = [9050, 9150]

/** This computer. */
const LOOPBACK = ['127.0.0.0/8', '::1/128']

/** Milliseconds in which a SOCKS port answers a greeting, or is none. */
const GREETING = 2000

/**
 * Tor: onion services, by a tor's SOCKS port: the one that the settings name, else one that
 * somebody runs on the usual ports, else one of byway's own, started on demand.
 */
export function makeTor(means: Means): Technology {
  return {
    name: 'tor',
    state: async (network, signal) => {
      const proxies = await proxiesOf(network, means)
      const proxy = await firstSpeaking(proxies, means, signal)
      if (proxy !== null) return { state: 'running', detail: `tor at ${describeProxy(proxy)}` }
      if (isChosen(network)) return { state: 'absent', detail: silence(proxies) }
      const own = await means.daemon('tor').state()
      const unused = await findUnused(network, proxies, means)
      return unused === null
        ? own
        : { ...own, detail: `${own.detail}; ${unused.what}`, mend: unused.mend }
    },
    dial: async (route, attempt) => {
      const revealed = await revealHost(route, means, attempt)
      const host = isOnionName(revealed.reveal()) ? readOnionName(revealed) : revealed
      const proxy = await findProxy(route, host, { means, attempt })
      const target = { host, port: route.port }
      return means.socks(isolate(proxy, route.machine), target, attempt)
    },
  }
}

interface Dial {
  readonly means: Means
  readonly attempt: Attempt
}

async function findProxy(route: Route, host: Secret, dial: Dial): Promise<SocksProxy> {
  const { means, attempt } = dial
  attempt.stage('state')
  const proxies = await proxiesOf(route.network, means)
  const mayAll = proxies.every((one) => mayKnow(one, route.network, means))
  if (!mayAll && isSecretVar(route.host.at, host)) throw wouldTell(route.network)
  const proxy = await firstSpeaking(proxies, means, attempt.signal)
  const key = keyOf(route)
  // a tor that is not ours has its client keys in its own ClientOnionAuthDir
  if (proxy !== null && (key === undefined || isChosen(route.network))) return proxy
  if (isChosen(route.network)) throw noTor(proxies)
  attempt.stage('start')
  const lease = await means
    .daemon('tor')
    .lease(attempt)
    .catch(async (error) => {
      throw notStarted(error, await findUnused(route.network, proxies, means))
    })
  if (key === undefined) return lease.proxy
  const secret = readOnionKey(await means.reveal(key, route.clan, attempt))
  await lease.authorize(serviceOf(host), secret.reveal())
  return lease.proxy
}

/** An inventory may name any var, and call any proxy a tor: only one of this computer is taken for it. */
function mayKnow({ at }: SocksProxy, network: Network, means: Means): boolean {
  if (network.ownSocks === true || means.trusts(network)) return true
  return 'path' in at || at.host === 'localhost' || LOOPBACK.some((one) => isWithin(at.host, one))
}

function wouldTell({ name }: Network): BywayError {
  const text = `network "${name}": a secret onion name is not for a tor elsewhere that an inventory names`
  return new BywayError('CONFIG', text, {
    hint: `if that tor is yours, name it in your own configuration: networks.${name}.socks`,
  })
}

function keyOf({ network, machine }: Route): Location | undefined {
  const keys = network.settings.onionAuth ?? {}
  return Object.hasOwn(keys, machine) ? keys[machine] : undefined
}

/** True when the settings name a tor: then no other is taken, and none is started. */
function isChosen(network: Network): boolean {
  return chosenOf(network) !== undefined
}

/** What `socks` of another network names is a proxy for its other hosts, and no tor. */
function chosenOf({ technology, settings }: Network): Covered | undefined {
  return technology === 'tor' ? settings.socks : undefined
}

async function proxiesOf(network: Network, means: Means): Promise<SocksProxy[]> {
  const socks = chosenOf(network)
  if (socks !== undefined) return [parseSocksUrl(await means.readSetting(socks), network.name)]
  return USUAL_PORTS.map((port) => ({ at: { host: '127.0.0.1', port }, guessed: true }))
}

/** Asks all at once; the first in order that speaks SOCKS5 counts. */
async function firstSpeaking(
  proxies: readonly SocksProxy[],
  means: Means,
  signal: AbortSignal,
): Promise<SocksProxy | null> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(GREETING)])
  const answers = proxies.map((proxy) => means.speaksSocks(proxy, bounded))
  for (const [i, answer] of answers.entries()) {
    if (await answer) return proxies[i] ?? null
  }
  return null
}

/**
 * Different SOCKS users get different circuits (torrc, IsolateSOCKSAuth): no machine shares one. A
 * digest, for a name may be longer than what SOCKS takes, 255 bytes.
 */
function isolate(proxy: SocksProxy, machine: string): SocksProxy {
  const digest = createHash('sha256').update(machine).digest('hex').slice(0, 32)
  const user = { user: `byway-${digest}`, password: new Secret('byway') }
  return { ...user, ...proxy, replies: TOR_REPLIES, isTor: true }
}

/** The 56 characters of an onion name. */
function serviceOf(host: Secret): string {
  return host.reveal().split('.').at(-2) ?? ''
}

/** A tor that there may be, and that is not used. */
interface Unused {
  readonly what: string
  readonly mend: string
}

async function findUnused(
  { name, settings }: Network,
  proxies: readonly SocksProxy[],
  means: Means,
): Promise<Unused | null> {
  if (settings.socks !== undefined) {
    const what = `network "${name}": its "socks" is a proxy, and not taken for a tor`
    return { what, mend: `if it is one, say "technology": "tor" in networks.${name}` }
  }
  const reasons = await Promise.all(proxies.map((proxy) => means.whyLeftAlone(proxy)))
  const [what] = reasons.filter((reason) => reason !== null)
  const mend = `if that is a tor of yours, name it: networks.${name}.socks`
  return what === undefined ? null : { what, mend }
}

function notStarted(error: unknown, unused: Unused | null): unknown {
  if (unused === null || !(error instanceof BywayError)) return error
  const { exit, message, hint = '' } = error
  const hints = [`${unused.what}; ${unused.mend}`, hint].filter((text) => text !== '')
  return new BywayError(exit, message, { hint: hints.join('; or '), cause: error })
}

function noTor(proxies: readonly SocksProxy[]): BywayError {
  return new BywayError('UNAVAILABLE', silence(proxies), {
    hint: 'start that tor, or leave networks.<name>.socks out: then byway starts one',
  })
}

function silence(proxies: readonly SocksProxy[]): string {
  return `no tor: ${proxies.map(describeProxy).join(', ')} does not speak SOCKS5`
}
