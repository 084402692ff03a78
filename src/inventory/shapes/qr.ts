import { z } from 'zod'
import { BywayError } from '../../core/errors.ts'
import { defaultPriority } from '../../core/technologies.ts'
import type { PeopledNetwork } from '../../core/types.ts'
import { check } from '../check.ts'
import type { Reading, Shape } from '../reading.ts'
import { isObject } from '../schema.ts'
import { gatherPeer } from '../ssh-jump.ts'
import { readClanHost } from './clan-peer.ts'

const MACHINE = 'installer'
const BARE = { port: null, user: null, sshOptions: [] }

/** `pass` is not in it: the installer's root password never enters the model. */
const schema = z.object({
  addrs: z
    .union([z.array(z.unknown()), z.string()], { error: () => 'a list of addresses' })
    .nullish(),
  tor: z.string({ error: () => 'an onion name' }).nullish(),
})

/**
 * What the installer's QR code says: one machine, `installer`, at its addresses and then over tor.
 */
export const qr: Shape = {
  description: 'the installer\'s QR code, {"addrs": […], "tor": …}',
  fits: (data, path) => {
    if (path.length > 0) return false
    const listed = Object.hasOwn(data, 'addrs') && !isObject(data['addrs'])
    return listed || typeof data['tor'] === 'string'
  },
  read: (data, _path, reading) => {
    const { addrs, tor } = check(schema, data, { source: reading.source, exit: 'DATAERR' })
    const list = typeof addrs === 'string' ? [addrs] : (addrs ?? [])
    const networks = [
      makeNetwork('direct', { values: list, key: 'addrs' }, reading),
      makeNetwork('tor', { values: [tor], key: 'tor' }, reading),
    ].filter((network) => network.peers.size > 0)
    if (networks.length > 0) return { domain: null, networks }
    throw new BywayError('DATAERR', `${reading.source}: found no address, expected one in "addrs"`)
  },
}

function makeNetwork(
  technology: string,
  { values, key }: { values: readonly unknown[]; key: string },
  reading: Reading,
): PeopledNetwork {
  const hosts = values.map((value, index) => {
    const path = values.length > 1 ? [key, index] : [key]
    return readClanHost({ value, path }, MACHINE, reading)
  })
  const peer = gatherPeer(
    hosts.filter((host) => host !== null),
    BARE,
  )
  const peers = new Map(peer.hosts.length > 0 ? [[MACHINE, peer]] : [])
  const priority = defaultPriority(technology)
  return { name: technology, priority, technology, module: technology, settings: {}, peers }
}
