/** The other ends of the rows, and the ways to them. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXECUTABLE, Home, SCRIPT } from '../test/helpers/byway.ts'
import { makeFolder } from '../test/helpers/cleanup.ts'
import { type Listener, listen } from '../test/helpers/listen.ts'

export const BANNER = 'SSH-2.0-bench\r\n'

/** Where the Node binary is that the executable is made of. */
export async function findRuntime(): Promise<string> {
  const path = fileURLToPath(new URL('../scripts/runtime.mjs', import.meta.url))
  const { fetchRuntime, hostTarget } = await import(path)
  return fetchRuntime(hostTarget)
}

/** Says the banner, reads all, and ends when the other side does. */
export function startBanner(): Promise<Listener> {
  return listen((socket) => {
    socket.on('error', () => {}).on('end', () => socket.end())
    socket.resume().write(BANNER)
  })
}

/** The same, but the banner is left to whoever takes its connections. */
export function startWaiting(): Promise<Listener> {
  return listen((socket) => {
    socket.on('error', () => {}).on('end', () => socket.end())
    socket.resume()
  })
}

/** A home in which `web` is that peer, through this SOCKS5 proxy if there is one. */
export function homeFor(
  { host, port }: { readonly host: string; readonly port: number },
  socks?: string,
): Home {
  const home = new Home(EXECUTABLE)
  const proxied = socks === undefined ? {} : { technology: 'socks', socks }
  home.writeInventory({ networks: { only: { ...proxied, peers: { web: { host, port } } } } })
  return home
}

/** The command lines of byway's artefacts: of the JavaScript file, by the executable's own runtime. */
export function bywayLines(
  runtime: string,
  executable = EXECUTABLE.file,
): { readonly name: string; readonly argv: string[] }[] {
  return [
    { name: 'byway', argv: [executable, 'connect', 'web'] },
    { name: 'byway.js', argv: [runtime, SCRIPT.file, 'connect', 'web'] },
  ]
}

/** A one-line Node program that only connects, and shows what comes first. */
export function onlyConnects(runtime: string, { host, port }: Listener): string[] {
  const file = join(makeFolder(), 'connect.cjs')
  const line = `require('node:net').connect(${port}, '${host}').once('data', (bytes) => process.stdout.write(bytes, () => process.exit()))\n`
  writeFileSync(file, line)
  return [runtime, file]
}

/** What else relays to a host and port through a SOCKS5 proxy, which is named as `host:port`. */
export function otherProxied(proxy: string, { host, port }: { host: string; port: number }) {
  const to = [host, String(port)]
  return [
    { name: 'nc -X 5 -x', argv: ['nc.openbsd', '-N', '-X', '5', '-x', proxy, ...to] },
    { name: 'ncat --proxy', argv: ['ncat', '--proxy', proxy, '--proxy-type', 'socks5', ...to] },
    { name: 'connect-proxy -S', argv: ['connect-proxy', '-R', 'remote', '-S', proxy, ...to] },
  ]
}

/** What else relays to a host and port. */
export function otherRelays({ host, port }: { host: string; port: number }) {
  return [
    { name: 'nc', argv: ['nc.openbsd', '-N', host, String(port)] },
    { name: 'ncat', argv: ['ncat', host, String(port)] },
    { name: 'socat', argv: ['socat', '-', `TCP:${host}:${port}`] },
    { name: 'connect-proxy', argv: ['connect-proxy', '-R', 'local', host, String(port)] },
  ]
}
