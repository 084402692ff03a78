import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isAlive } from './proc.ts'
import { FOR_LONG, type Running, start } from './program.ts'
import type { Sshd } from './sshd.ts'

/** Milliseconds for the whole network, three tries included. */
const START_LIMIT = 240_000
/** Milliseconds for what a tor is waited for; most of it takes a few seconds. */
const STEP_LIMIT = 60_000

/** An onion service on port 22. */
export interface Onion {
  /** the 56 characters */
  readonly address: string
  /** the same with `.onion` */
  readonly hostname: string
}

/** An x25519 pair for v3 client authorization, in the base32 of tor's files. */
export interface ClientKey {
  readonly privateKey: string
  readonly publicKey: string
}

/** The services of the network. */
export interface TorOnions {
  /** leads to the given sshd */
  readonly plain: Onion
  /** leads there for who has the line `<address>:descriptor:x25519:<clientKey.privateKey>` */
  readonly auth: Onion & { readonly clientKey: ClientKey }
  /** is there, but nothing listens behind it */
  readonly dead: Onion
  /** was published, then its tor was killed; its descriptors are served for hours */
  readonly gone: Onion
}

/** The network that all test files of a run share. */
export interface SharedTorNetwork {
  /** the torrc lines that put a client into it; DataDirectory and SocksPort are the client's */
  readonly clientTorrc: readonly string[]
  readonly onions: TorOnions
  /** the one behind `plain` and `auth` */
  readonly sshd: Omit<Sshd, 'log' | 'stop'>
  /** the program that runs it all */
  readonly pid: number
}

/** What that program writes when all is ready, or cannot be. */
export type Description = SharedTorNetwork | { readonly error: string }

/** A tor that runs. */
export interface Tor {
  readonly running: Running
  /** path of its control socket, without password: the folder around it is private */
  readonly control: string
}

/** A tor with onion services. */
export interface OnionHost<Name extends string> {
  readonly tor: Tor
  readonly onions: Readonly<Record<Name, Onion>>
}

let joined: Promise<SharedTorNetwork> | undefined

/**
 * The network of this test run: the first caller starts it in BYWAY_TEST_RUN_DIR, it ends soon
 * after the process BYWAY_TEST_RUN_PID. Without these it is this process's own. Throws, with the
 * reason, where it cannot be started.
 */
export function useTorNetwork(): Promise<SharedTorNetwork> {
  joined ??= joinNetwork()
  return joined
}

/** Makes a pair of keys for `authorized_clients/*.auth` and `*.auth_private` files. */
export function generateClientKey(): ClientKey {
  const { d = '', x = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })
  return { privateKey: encodeBase32(d), publicKey: encodeBase32(x) }
}

function encodeBase32(base64url: string): string {
  const bytes = [...Buffer.from(base64url, 'base64url')]
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const digits = bits.match(/.{1,5}/g) ?? []
  return digits
    .map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(digit.padEnd(5, '0'), 2)])
    .join('')
}

/** Starts a tor with this torrc in this folder; the folder's path must be short. */
export function startTor(folder: string, torrc: readonly string[]): Tor {
  const control = join(folder, 'control')
  const file = join(folder, 'torrc')
  const own = [
    `DataDirectory ${folder}`,
    `ControlSocket ${control}`,
    `__OwningControllerProcess ${process.pid}`,
    // This data takes half the memory.
    'GeoIPFile /dev/null',
    'GeoIPv6File /dev/null',
  ]
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(file, [...torrc, ...own, ''].join('\n'))
  const running = start(['tor', '-f', file], { limit: FOR_LONG, input: '' })
  return { running, control }
}

/** Sends commands to a tor; resolves when `accepts` is true of a line that comes back. */
export async function watchControl(
  { running, control }: Tor,
  commands: readonly string[],
  accepts: (line: string) => boolean,
): Promise<void> {
  await running.says('Opened Control listener')
  const socket = createConnection(control)
  const signal = AbortSignal.timeout(STEP_LIMIT)
  socket.write(['AUTHENTICATE', ...commands, ''].join('\r\n'))
  try {
    for await (const line of createInterface({ input: socket, signal })) if (accepts(line)) return
    throw new Error(`no end of: ${commands.join(', ')}`)
  } catch (cause) {
    throw new Error(`tor ended or was too slow: ${running.heard()}`, { cause })
  } finally {
    socket.destroy()
  }
}

/**
 * Starts a tor with onion services, each by a name that only says which is which, and the port of
 * 127.0.0.1 behind it. Resolves when a client can reach them. A folder that had these services
 * before gives the same addresses.
 */
export async function startOnions<Name extends string>(
  folder: string,
  clientTorrc: readonly string[],
  ports: Readonly<Record<Name, number>>,
): Promise<OnionHost<Name>> {
  const names = Object.keys(ports) as Name[]
  const services = names.flatMap((name) => [
    `HiddenServiceDir ${join(folder, name)}`,
    `HiddenServicePort 22 127.0.0.1:${ports[name]}`,
  ])
  // Without network until we listen, so that no upload goes unseen.
  const tor = startTor(folder, [...clientTorrc, ...services, 'SocksPort 0', 'DisableNetwork 1'])
  const commands = ['SETEVENTS HS_DESC', 'SETCONF DisableNetwork=0']
  try {
    await watchControl(tor, commands, countsUploads(2 * names.length))
  } catch (error) {
    tor.running.kill()
    throw error
  }
  const onions = names.map((name) => [name, readOnion(join(folder, name))])
  return { tor, onions: Object.fromEntries(onions) }
}

/** Accepts the line by which so many descriptors (two per service) are in all their places. */
function countsUploads(wanted: number): (line: string) => boolean {
  const descriptors = new Set<string | undefined>()
  let pending = 0
  return (line) => {
    const [, event, action = '', , , , descriptor] = line.split(' ')
    if (event !== 'HS_DESC') return false
    if (action === 'UPLOAD') descriptors.add(descriptor)
    pending += { UPLOAD: 1, UPLOADED: -1, FAILED: -1 }[action] ?? 0
    return descriptors.size === wanted && pending === 0
  }
}

function readOnion(folder: string): Onion {
  const hostname = readFileSync(join(folder, 'hostname'), 'utf8').trim()
  return { hostname, address: hostname.replace('.onion', '') }
}

async function joinNetwork(): Promise<SharedTorNetwork> {
  const { BYWAY_TEST_RUN_DIR: run, BYWAY_TEST_RUN_PID: pid = `${process.pid}` } = process.env
  const folder = run ? join(run, 'tor-network') : mkdtempSync(join(tmpdir(), 'byway-tor-'))
  const file = join(folder, 'description.json')
  if (!run) startProgram(file, `${process.pid}`)
  else if (claim(folder)) startProgram(file, pid)
  await waitForFile(file)
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description
  if ('error' in description) throw new Error(`no tor network: ${description.error}`)
  if (!isAlive(description.pid)) throw new Error(`the tor network ${description.pid} has ended`)
  return description
}

/** Makes the folder; false where another test file was faster. */
function claim(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (!existsSync(folder)) throw error
    return false
  }
}

/** In a process group of its own, for this test file's ends before the run. */
function startProgram(file: string, owner: string): void {
  const program = fileURLToPath(new URL('tor-network-main.ts', import.meta.url))
  const words = ['--import', import.meta.resolve('tsx'), program, file, owner]
  const child = spawn(process.execPath, words, { detached: true, stdio: 'ignore' })
  child.unref()
  child.once('exit', (code) => {
    if (code === 0 || existsSync(file)) return
    const error = `exit status ${code} of ${process.execPath} ${words.join(' ')}`
    writeFileSync(file, JSON.stringify({ error }))
  })
}

async function waitForFile(path: string): Promise<void> {
  const watcher = watch(dirname(path))
  const signal = AbortSignal.timeout(START_LIMIT)
  try {
    while (!existsSync(path)) await once(watcher, 'change', { signal })
  } catch (cause) {
    throw new Error(`${path} is not there after ${START_LIMIT / 1000} s`, { cause })
  } finally {
    watcher.close()
  }
}
