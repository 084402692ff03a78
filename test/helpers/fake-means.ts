import type { Connection } from '../../src/core/connection.ts'
import type { Means } from '../../src/core/means.ts'
import type { Host, Network, NetworkSettings, Route } from '../../src/core/types.ts'

/** Means of which a test needs only some: the call of any other one throws. */
export function fakeMeans(given: Partial<Means>): Means {
  const get = (means: Partial<Means>, name: string) => Reflect.get(means, name) ?? unexpected(name)
  const usual = { networkDaemon: () => Promise.resolve(null), trusts: () => true }
  return new Proxy(
    { ...usual, ...given },
    { get: (means, name) => get(means, String(name)) },
  ) as Means
}

/** A function that throws, as are all of its properties. */
function unexpected(name: string): unknown {
  const refuse = () => {
    throw new Error(`means.${name} was not expected`)
  }
  return new Proxy(refuse, { get: (_, part) => unexpected(`${name}.${String(part)}`) })
}

/** A connection that is only told apart from others. */
export function fakeConnection(description: string): Connection {
  const unexpected = () => Promise.reject(new Error('nobody was to read or write it'))
  const refusals = { read: unexpected, flow: unexpected, write: unexpected, end: unexpected }
  return { description, ...refusals, close: () => {} }
}

/** A network with these settings. */
export function fakeNetwork(name: string, settings: NetworkSettings = {}): Network {
  return { name, priority: 1000, technology: name, module: name, settings }
}

/** A route of the machine `web` to port 2222. */
export function fakeRoute(network: Network, host: Host): Route {
  return { machine: 'web', network, host, port: 2222, clan: '/clan' }
}
