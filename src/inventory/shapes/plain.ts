import type { NetworkEntry, PeopledNetwork } from '../../core/types.ts'
import { check } from '../check.ts'
import type { Path } from '../findings.ts'
import { makeNetwork } from '../network.ts'
import { networkEntry } from '../network-schema.ts'
import { dropPlaceholders, type Reading, type Shape } from '../reading.ts'
import { closed, isObject, mapOf, name } from '../schema.ts'

/** byway's own form. A person wrote it: whatever is wrong with it is an error. */
export const plain: Shape = {
  description: 'byway\'s own {"networks": {…}}',
  // A clan may have an instance of that name: then a number is in the place of a network.
  fits: (data, path) =>
    path.length === 0 && Object.hasOwn(data, 'networks') && !isInstance(data['networks']),
  read: (data, _path, reading) => {
    const schema = closed({ domain: name.nullish(), networks: mapOf(networkEntry(reading)) })
    const { domain, networks } = check(schema, data, { source: reading.source, exit: 'DATAERR' })
    const enabled = [...networks].filter(([, entry]) => entry.enabled !== false)
    return {
      domain: domain ?? null,
      networks: enabled.map(([name, entry]) => finish(name, entry, reading)),
    }
  },
}

function isInstance(value: unknown): boolean {
  return isObject(value) && typeof value['priority'] === 'number'
}

function finish(name: string, entry: NetworkEntry, reading: Reading): PeopledNetwork {
  const network = makeNetwork(name, entry)
  const peers = [...network.peers].map(([machine, peer]) => {
    const path: Path = ['networks', name, 'peers', machine, 'SSHOptions']
    return [
      machine,
      { ...peer, sshOptions: dropPlaceholders(peer.sshOptions, path, reading) },
    ] as const
  })
  return { ...network, peers: new Map(peers) }
}
