import type { PeopledNetwork } from '../../core/types.ts'
import type { Path } from '../findings.ts'
import type { Reading, Shape } from '../reading.ts'
import { type Fields, isObject } from '../schema.ts'
import { type Instance, listMembers, readInstance } from './clan-network.ts'

const SIGNS = ['networking', 'peers', 'priority', 'module']

/**
 * Clan's exports of 2025: instances by name, each `{networking: {module, priority, peers}}`, or
 * where a selector went through it just what is in there. Others than networks are null or empty.
 */
export const instances: Shape = {
  description: 'Clan\'s exports of 2025, {"instances": {…: {"networking": {…}}}}',
  fits: (data, path) => {
    const values = Object.values(data)
    const sound = values.every((value) => value === null || isObject(value))
    if (!sound || path.length > 0) return sound
    return values.some(hasSign) || (values.length > 0 && values.every(isEmpty))
  },
  read: (data, path, reading) => {
    const networks = Object.entries(data).map(([name, value]) =>
      readOne({ name, value, path: [...path, name] }, reading),
    )
    return { domain: null, networks: networks.filter((network) => network !== null) }
  },
}

function readOne(
  { name, value, path }: { name: string; value: unknown; path: Path },
  reading: Reading,
): PeopledNetwork | null {
  const place = findNetworking(value, path)
  if (place === null) return null
  const members = listMembers(place.networking['peers'], [...place.path, 'peers'], reading)
  const instance: Instance = { name, service: null, ...place, stated: true, members }
  return readInstance(instance, reading)
}

function findNetworking(value: unknown, path: Path): { networking: Fields; path: Path } | null {
  if (!isObject(value) || !hasSign(value)) return null
  if (!Object.hasOwn(value, 'networking')) return { networking: value, path }
  const networking = value['networking']
  return isObject(networking) ? { networking, path: [...path, 'networking'] } : null
}

function hasSign(value: unknown): boolean {
  return isObject(value) && SIGNS.some((sign) => Object.hasOwn(value, sign))
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}
