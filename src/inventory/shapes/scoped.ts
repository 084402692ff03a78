import type { PeopledNetwork } from '../../core/types.ts'
import { type Path, quote } from '../findings.ts'
import type { Reading, Shape } from '../reading.ts'
import { type Fields, isObject } from '../schema.ts'
import { listMembers, readInstance } from './clan-network.ts'
import type { Member } from './clan-peer.ts'
import { isNetworkService } from './services.ts'

/** One key of the exports with what it says. */
interface Export {
  readonly service: string
  readonly instance: string
  /** empty: it speaks of the instance */
  readonly role: string
  /** empty: it speaks of no single machine */
  readonly machine: string
  readonly path: Path
  readonly value: Fields
}

/**
 * Clan's exports since November 2025, keyed `service:instance:role:machine`: `networking` in the
 * key with empty role and machine, `peer` in those of the machines.
 */
export const scoped: Shape = {
  description: 'Clan\'s exports, {"service:instance:role:machine": {…}}',
  fits: (data) => Object.keys(data).some((key) => key.includes(':')),
  read: (data, path, reading) => {
    const byInstance = groupByInstance(readExports(data, path, reading), reading)
    const networks = byInstance.map((exports) => readNetwork(exports, reading))
    return { domain: null, networks: networks.filter((network) => network !== null) }
  },
}

function readExports(data: Fields, path: Path, reading: Reading): Export[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const [service, instance, role, machine, ...rest] = key.split(':')
    const whole = service !== undefined && instance !== undefined && role !== undefined
    if (!whole || machine === undefined || rest.length > 0) {
      reading.warn(path, `left out the key ${quote(key)}, expected service:instance:role:machine`)
      return []
    }
    if (!isObject(value)) return []
    return [{ service, instance, role, machine, path: [...path, key], value }]
  })
}

/** The exports of each instance, in the order of the first of each. */
function groupByInstance(exports: readonly Export[], reading: Reading): Export[][] {
  const groups = new Map<string, Export[]>()
  for (const one of exports) {
    const group = groups.get(one.instance)
    const service = group?.[0]?.service ?? one.service
    if (group === undefined) groups.set(one.instance, [one])
    else if (service === one.service) group.push(one)
    else reading.warn(one.path, `left out: the instance is one of ${quote(service)} already`)
  }
  return [...groups.values()]
}

function readNetwork(exports: readonly Export[], reading: Reading): PeopledNetwork | null {
  const [first] = exports
  if (first === undefined) return null
  const own = exports.find((one) => one.role === '' && one.machine === '')
  const ownNetworking = own === undefined ? null : networkingOf(own)
  // Elsewhere there are but the defaults of a bug: still better than a guess.
  const networking = ownNetworking ?? exports.map(networkingOf).find((one) => one !== null) ?? {}
  const { service, instance: name } = first
  const members = exports.flatMap((one) => membersOf(one, reading))
  const stated = ownNetworking !== null && isNetworkService(service)
  const path = (own ?? first).path
  return readInstance({ name, service, path, networking, stated, members }, reading)
}

function networkingOf({ value }: Export): Fields | null {
  const networking = value['networking']
  return isObject(networking) ? networking : null
}

function membersOf(one: Export, reading: Reading): Member[] {
  const { machine, path, value } = one
  const listed = listMembers(
    networkingOf(one)?.['peers'],
    [...path, 'networking', 'peers'],
    reading,
  )
  // A key of no machine has a peer only where a bug filled it in.
  if (machine === '' || value['peer'] === undefined || value['peer'] === null) return listed
  return [...listed, { machine, path: [...path, 'peer'], value: value['peer'] }]
}
