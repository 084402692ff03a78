import type { Computer, HttpAnswer, SocketAddress } from '../../src/core/means.ts'

/** A computer as a test wants it. What it does not name is not there. */
export interface FakeComputer {
  /** by name: kind, if any, and addresses, separated by spaces: `tun 200::1`; kinds are words */
  readonly interfaces?: Readonly<Record<string, string>>
  /** by IP address: the interface */
  readonly routes?: Readonly<Record<string, string>>
  /** by IP address: from which address; none: from that of no interface */
  readonly sources?: Readonly<Record<string, string>>
  readonly folders?: Readonly<Record<string, readonly string[]>>
  readonly texts?: Readonly<Record<string, string>>
  /** by `place/path`: the answer; `hangs`: none, for ever */
  readonly http?: Readonly<Record<string, HttpAnswer | 'hangs'>>
  /** by place */
  readonly json?: Readonly<Record<string, unknown>>
  /** by place */
  readonly spoken?: Readonly<Record<string, string>>
  /** by command line: what the program prints */
  readonly programs?: Readonly<Record<string, string>>
}

/** Makes it. What it was asked by HTTP, with its Host, is noted in `asked`. */
export function fakeComputer(given: FakeComputer, asked: string[] = []): Computer {
  const { interfaces = {}, routes = {}, folders = {}, texts = {}, programs = {} } = given
  return {
    interfaces: () => Object.entries(interfaces).map(([name, text]) => describe(name, text)),
    routeTo: (address) => Promise.resolve(routes[address] ?? null),
    sourceFor: (address) => Promise.resolve(given.sources?.[address] ?? null),
    list: (folder) => folders[folder] ?? [],
    readText: (path) => texts[path] ?? null,
    findProgram: (name) => {
      const known = Object.keys(programs).some((line) => line.startsWith(`${name} `))
      return known ? name : null
    },
    ask: (where, { path, headers = {} }, signal) => {
      const url = `${placeOf(where)}${path}`
      const host = headers['Host']
      asked.push(host === undefined ? url : `${url} as ${host}`)
      const answer = given.http?.[url] ?? null
      return answer === 'hangs' ? untilAborted(signal) : Promise.resolve(answer)
    },
    askJson: (where, _question, signal) => {
      const answer = given.json?.[placeOf(where)] ?? null
      return answer === 'hangs' ? untilAborted(signal) : Promise.resolve(answer)
    },
    askText: (where) => Promise.resolve(given.spoken?.[placeOf(where)] ?? null),
    readOutput: (words, signal) => {
      const text = programs[words.join(' ')] ?? null
      return text === 'hangs' ? untilAborted(signal) : Promise.resolve(text)
    },
  }
}

function describe(name: string, text: string) {
  const [kind = '', ...addresses] = text.split(' ').filter((word) => word !== '')
  const isKind = /^[a-z]+$/.test(kind)
  return isKind ? { name, kind, addresses } : { name, kind: null, addresses: text.split(' ') }
}

function placeOf(where: SocketAddress): string {
  return 'path' in where ? where.path : `${where.host}:${where.port}`
}

function untilAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
