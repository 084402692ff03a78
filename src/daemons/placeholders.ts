import type { KeeperOrder, ProgramLaunch, Readiness, SocksPlace, Way } from '../core/daemon.ts'

/** Fills in the folders that a launch has left open (see `ProgramLaunch`). */
export type Fill = (text: string) => string

/** What fills in for one run. */
export function makeFill({ data }: KeeperOrder, folder: string): Fill {
  const values: Readonly<Record<string, string>> = { '{folder}': folder, '{data}': data }
  return (text) => text.replace(/\{(?:folder|data)\}/g, (word) => values[word] ?? word)
}

/** The variables, filled in. */
export function fillEnv(env: ProgramLaunch['env'], fill: Fill): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]))
}

/** How it is seen to be ready, filled in. */
export function fillReady(ready: Readiness | null, fill: Fill): Readiness | null {
  return ready !== null && 'file' in ready ? { file: fill(ready.file) } : ready
}

/** How it is dialled, filled in. */
export function fillWay(way: Way, fill: Fill): Way {
  if ('localApi' in way) return { localApi: fill(way.localApi) }
  return 'socks' in way ? { socks: fillSocks(way.socks, fill) } : way
}

function fillSocks(socks: SocksPlace, fill: Fill): SocksPlace {
  return 'path' in socks ? { ...socks, path: fill(socks.path) } : socks
}
