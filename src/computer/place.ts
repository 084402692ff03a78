import { readFileSync } from 'node:fs'
import { readWord } from './routes.ts'

/** Where Linux has its tables of routes and neighbours (proc(5)). */
const PROC = '/proc/net'
/** Lines of a table that are looked at; more has only a router. */
const LINES = 200

/**
 * Where this computer is, as its kernel's tables tell: its routes, default gateways among them with
 * their hardware addresses. A text that changes when the computer moves; not for people. Null
 * where there are no such tables.
 */
export function describePlace(proc = PROC): string | null {
  const routes = readLines(`${proc}/route`)
  if (routes === null) return null
  const neighbours = readLines(`${proc}/arp`) ?? []
  const routes6 = readLines(`${proc}/ipv6_route`) ?? []
  return [
    ...routes.map((line) => describeRoute(line, neighbours)),
    ...routes6.flatMap(describeRoute6),
  ]
    .sort()
    .join('\n')
}

function describeRoute(line: readonly string[], neighbours: readonly string[][]): string {
  const [device, network, gateway = '', , , , , mask] = line
  const address = readWord(gateway).join('.')
  const hardware = neighbours.find(([ip]) => ip === address)?.[3]
  return [device, network, mask, gateway, hardware].join(' ')
}

/** Prefixes of other computers: not what every interface has, nor this computer's own addresses. */
function describeRoute6([network = '', bits, , , gateway, , , , , device]: readonly string[]) {
  if (device === undefined || device === 'lo' || bits === '80' || /^(fe8|ff)/.test(network))
    return []
  return [[device, network, bits, gateway].join(' ')]
}

/** The words of each line, without the heading; null: it cannot be read. */
function readLines(path: string): string[][] | null {
  try {
    const lines = readFileSync(path, 'latin1').split('\n').slice(0, LINES)
    const words = lines.map((line) => line.trim().split(/\s+/))
    return words.filter(([first = '']) => !/^(Iface|IP|)$/.test(first))
  } catch {
    return null
  }
}
