import { isOnionName } from '../core/onion.ts'
import { type Found, type FoundNetwork, INTERNET, type LeftOut } from './findings.ts'
import { jumpBy, readProxyCommand } from './proxy-command.ts'

/** What becomes part of the inventory, and what differs for every name. */
const TAKEN = new Set(['host', 'hostname', 'port', 'user', 'proxyjump', 'proxycommand'])
const TOR: FoundNetwork = { name: 'tor', technology: 'tor' }
const NO_PROXY = 'none'

/** What `ssh -G` says of a host, and of the same name without any configuration. */
export interface Said {
  readonly name: string
  readonly configured: string
  readonly bare: string
}

/** A host of ssh's configuration as a machine, or why it is none; and the options left with ssh. */
export function readSshHost({ name, configured, bare }: Said): {
  readonly found: Found | LeftOut
  /** keywords in lower case */
  readonly options: readonly string[]
} {
  const [values, usual] = [readLines(configured), readLines(bare)]
  const differing = [...values].filter(([key, value]) => usual.get(key) !== value)
  const options = differing.map(([key]) => key).filter((key) => !TAKEN.has(key))
  const network = networkOf(values)
  if ('why' in network) return { found: { name, why: network.why }, options: [] }
  const host = values.get('hostname') ?? name
  const port = Number(values.get('port'))
  const user = values.get('user')
  const peer = {
    host,
    ...(port === 22 ? {} : { port }),
    ...(user === undefined || user === usual.get('user') ? {} : { user }),
  }
  return { found: { machine: name, network: forOnion(network, host), peer }, options }
}

function networkOf(values: ReadonlyMap<string, string>): FoundNetwork | { readonly why: string } {
  const jump = values.get('proxyjump') ?? NO_PROXY
  if (jump !== NO_PROXY) return jumpBy(jump)
  const command = values.get('proxycommand') ?? NO_PROXY
  if (command === NO_PROXY) return INTERNET
  if (/byway\S*"? connect\b/.test(command)) return { why: 'ssh goes through byway to it already' }
  return readProxyCommand(command) ?? { why: `its ProxyCommand is not understood; ${BY_HAND}` }
}

const BY_HAND = 'name it as the "command" of a network in the configuration'

/** An onion name is tor's, whatever SOCKS proxy leads there. */
function forOnion(network: FoundNetwork, host: string): FoundNetwork {
  if (!isOnionName(host)) return network
  return network.socks === undefined ? TOR : { ...TOR, socks: network.socks }
}

/** Of a keyword that is there several times, all values. */
function readLines(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? []
    if (key === undefined) continue
    const before = values.get(key)
    values.set(key, before === undefined ? value : `${before}\n${value}`)
  }
  return values
}
