import { isName } from '../core/names.ts'
import type { Inventory, Peer, PeopledNetwork } from '../core/types.ts'
import { joinPlace } from './check.ts'
import type { Evaluation } from './evaluation.ts'
import { type Path, quote } from './findings.ts'
import { type ParseOptions, parseInventory } from './parse.ts'
import type { Reading } from './reading.ts'
import { isObject, NAME_RULE } from './schema.ts'
import { readClanPeer } from './shapes/clan-peer.ts'
import { isJumpList } from './shapes/host.ts'
import { goThrough } from './ssh-jump.ts'

/** The network that `deploy.targetHost` makes, and the priority that it has at least. */
const TARGET = 'targetHost'
const TARGET_PRIORITY = 10_000

/**
 * What a flake was evaluated to, as an inventory: Clan's exports, the jump hosts of its networks,
 * and above all others an implicit network of the hosts that machines are deployed to. `label` is
 * the flake's name, for messages. Throws DATAERR for exports of no known shape.
 */
export function inventoryOf(
  evaluation: Evaluation,
  label: string,
  options: ParseOptions,
): Inventory {
  const { domain, exports, jumpHosts, targetHosts, failed } = evaluation
  const warnings = failed.map((path) => `left out ${path}: it cannot be evaluated`)
  const parsed = hasKeys(exports)
    ? parseInventory(JSON.stringify({ exports }), label, options)
    : { networks: [], warnings: [] }
  const reading: Reading = {
    source: label,
    allowCommands: options.allowCommands === true,
    warn: (path, text) => warnings.push(joinPlace('', path, text)),
  }
  const jumpsOf = new Map(Object.entries(jumpHosts))
  const networks = parsed.networks.map((network) =>
    addJumps(network, jumpsOf.get(network.name) ?? {}, reading),
  )
  const target = readTargets(targetHosts, networks, reading)
  return {
    domain: domain !== null && isName(domain) ? domain : null,
    networks: target === null ? networks : [target, ...networks],
    warnings: [...parsed.warnings, ...warnings],
  }
}

function hasKeys(exports: unknown): boolean {
  return isObject(exports) && Object.values(exports).some((value) => hasContent(value))
}

function hasContent(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0
}

/** A machine behind jump hosts is not reached without them. */
function addJumps(
  network: PeopledNetwork,
  jumpHosts: Readonly<Record<string, readonly string[]>>,
  reading: Reading,
): PeopledNetwork {
  const peers = new Map(network.peers)
  for (const [machine, words] of Object.entries(jumpHosts)) {
    const peer = peers.get(machine)
    const path = ['jumpHosts', network.name, machine]
    const jump = words.filter((word, i) => isJumpHost(word, [...path, i], reading))
    if (peer === undefined || jump.length === 0) continue
    peers.set(machine, { ...peer, hosts: peer.hosts.map((host) => goThrough(host, jump)) })
  }
  return { ...network, peers }
}

function isJumpHost(word: string, path: Path, reading: Reading): boolean {
  const sound = isJumpList(word)
  if (!sound) reading.warn(path, `left out: found ${quote(word)}, expected [user@]host[:port]`)
  return sound
}

function readTargets(
  targetHosts: Readonly<Record<string, string>>,
  networks: readonly PeopledNetwork[],
  reading: Reading,
): PeopledNetwork | null {
  const peers = new Map<string, Peer>()
  for (const [machine, host] of Object.entries(targetHosts)) {
    const path = ['targetHosts', machine]
    if (!isName(machine)) {
      reading.warn(path, `left out: found the name ${quote(machine)}, expected ${NAME_RULE}`)
      continue
    }
    const peer = readClanPeer({ machine, path, value: { hosts: [host] } }, reading)
    if (peer !== null && peer.hosts.length > 0) peers.set(machine, peer)
  }
  if (peers.size === 0) return null
  const above = networks.map(({ priority }) => priority + 1)
  return {
    name: TARGET,
    priority: Math.max(TARGET_PRIORITY, ...above),
    technology: 'direct',
    module: 'direct',
    settings: {},
    peers,
  }
}
