import { defaultPriority } from '../../core/technologies.ts'
import { quote } from '../findings.ts'

/** What Clan says of how a network works. */
export interface ServiceWords {
  /** `clan-core/tor`, or a third party's own name; null: the shape does not say */
  readonly service: string | null
  /** `clan_lib.network.direct`; null: it does not say */
  readonly module: string | null
  /** the generators of its peers' vars, which tell where no service is named */
  readonly generators: readonly string[]
}

/** How a network works, in byway's words. */
export interface ServiceFindings {
  readonly technology: string
  /** the last part of the module's name, for people; the technology where there is no module */
  readonly module: string
  /** for a network that states none */
  readonly priority: number
  /** what was not known and is taken for something else; null: nothing */
  readonly warning: string | null
}

/** The words for a technology in the names of services, modules and generators. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['direct', 'direct'],
  ['internet', 'direct'],
  ['tor', 'tor'],
  ['wireguard', 'wireguard'],
  ['zerotier', 'zerotier'],
  ['mycelium', 'mycelium'],
  ['yggdrasil', 'yggdrasil'],
  ['tailscale', 'tailscale'],
  ['tinc', 'tinc'],
  ['iroh', 'iroh'],
  ['p2p-ssh-iroh', 'iroh'],
])

/** Priorities of services that differ from their technology's. */
const PRIORITIES: ReadonlyMap<string, number> = new Map([['internet', 2000]])

/**
 * A network's technology: its module's, or where that says no more than `direct` its service's.
 * What neither names is `direct`, with a warning.
 */
export function findService({ service, module, generators }: ServiceWords): ServiceFindings {
  const ofModule = module === null ? undefined : findWord(module)
  const ofService = service === null ? findGenerator(generators) : findWord(service)
  const technology = specific(ofModule) ?? ofService ?? 'direct'
  const unknown = findUnknown({ service, module, technology, ofModule, ofService })
  return {
    technology,
    module: module === null ? technology : lastPart(module),
    priority: PRIORITIES.get(lastPart(service ?? '')) ?? defaultPriority(technology),
    warning: unknown === null ? null : `${unknown} is not known, taken as ${technology}`,
  }
}

/** True for a service that is known to make a network. */
export function isNetworkService(service: string): boolean {
  return findWord(service) !== undefined
}

function findWord(name: string): string | undefined {
  return WORDS.get(lastPart(name).replaceAll('_', '-'))
}

/** `tor_onion`, `zerotier-ip-kestrel-mesh`, `p2p-ssh-iroh-holepunch`: services name them so. */
function findGenerator(generators: readonly string[]): string | undefined {
  for (const generator of generators) {
    const prefix = /^(?:p2p-ssh-iroh|[a-z]+)(?=[_-]|$)/.exec(generator)?.[0]
    const technology = specific(WORDS.get(prefix ?? ''))
    if (technology !== undefined) return technology
  }
  return undefined
}

function findUnknown(
  found: Omit<ServiceWords, 'generators'> & {
    technology: string
    ofModule: string | undefined
    ofService: string | undefined
  },
): string | null {
  const { service, module } = found
  if (module !== null && found.ofModule === undefined) return `the module ${quote(module)}`
  if (service === null || found.ofService !== undefined) return null
  return found.technology === 'direct' ? `the service ${quote(service)}` : null
}

/** The technology, where it says more than that TCP goes there. */
function specific(technology: string | undefined): string | undefined {
  return technology === 'direct' ? undefined : technology
}

function lastPart(name: string): string {
  return name.split(/[./]/).at(-1) ?? name
}
