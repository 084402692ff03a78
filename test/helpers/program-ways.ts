import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Artefact, EXECUTABLE, Home, SCRIPT } from './byway.ts'
import { Authority } from './certificates.ts'
import { installProgram, installSsh } from './gateway.ts'
import { startHttpProxy, type TestHttpProxy } from './http-proxy.ts'
import { findByEnvironment, type ProcessEntry } from './proc.ts'
import { MACHINE, SNIPPETS, SshClient } from './ssh-client.ts'
import { type Sshd, startSshd } from './sshd.ts'
import { startTinyproxy, type Tinyproxy } from './tinyproxy.ts'
import { until } from './until.ts'

/** A ticket that the stand-in for dumbpipe takes. */
export const TICKET = `endpoint${'a2'.repeat(40)}`

/** Networks that are reached through a program, another machine or an HTTP proxy, by artefact. */
const NETWORKS: readonly (readonly [Artefact, readonly string[]])[] = [
  [SCRIPT, ['nc', 'socat', 'ssh -W', 'iroh', 'jump', 'jump to a machine', 'jump twice']],
  [SCRIPT, ['http', 'https']],
  [EXECUTABLE, ['nc', 'jump to a machine', 'http', 'https']],
]

/** One cell of the matrix. */
export interface ProgramWay {
  /** `jump, dist/byway`: for the names of tests */
  readonly name: string
  readonly network: string
  readonly mode: 'relay' | 'fdpass'
  readonly artefact: Artefact
}

/** The ways of this mode. */
export function waysBy(mode: ProgramWay['mode']): ProgramWay[] {
  return NETWORKS.flatMap(([artefact, networks]) =>
    networks.map((network) => {
      return { name: `${network}, ${mode}, ${artefact.name}`, network, mode, artefact }
    }),
  )
}

/** A client that goes one way. */
export interface Passenger {
  readonly home: Home
  readonly ssh: SshClient
  /** All processes that were started in its home and live, byway's or not. */
  live(): ProcessEntry[]
  /** Rejects unless all of them are gone soon, and their files. */
  leavesNothing(): Promise<void>
}

/** An sshd, another one to jump from, and proxies. */
interface Places {
  readonly sshd: Sshd
  readonly gate: Sshd
  readonly tinyproxy: Tinyproxy
  readonly tlsProxy: TestHttpProxy
  readonly authority: Authority
}

/** All that there is to travel through. */
export class ProgramStage {
  readonly #places: Places

  private constructor(places: Places) {
    this.#places = places
  }

  static async open(): Promise<ProgramStage> {
    const [sshd, gate, tinyproxy] = await Promise.all([startSshd(), startSshd(), startTinyproxy()])
    const authority = await Authority.make()
    const certificate = await authority.issue('DNS:localhost')
    const tlsProxy = await startHttpProxy({ certificate, login: 'me:hunter2' })
    return new ProgramStage({ sshd, gate, tinyproxy, tlsProxy, authority })
  }

  close(): void {
    const { sshd, gate, tinyproxy, tlsProxy } = this.#places
    for (const place of [sshd, gate, tinyproxy, tlsProxy]) place.stop()
  }

  /** A home of its own with the ready snippet for that way. */
  travel({ network, mode, artefact }: Omit<ProgramWay, 'name'>): Passenger {
    const { sshd, authority } = this.#places
    const home = new Home(artefact, { NODE_EXTRA_CA_CERTS: authority.file })
    writePrograms(home, this.#places)
    home.writeConfig({ allowCommands: true })
    home.writeInventory({ networks: networksFor(network, this.#places) })
    const ssh = new SshClient({ home, sshd, include: SNIPPETS[mode] })
    const live = () => findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
    return { home, ssh, live, leavesNothing: () => leaveNothing(home, live) }
  }
}

/** An ssh whose own configuration knows the gateway, and a stand-in for dumbpipe. */
function writePrograms(home: Home, { gate, sshd }: Places): void {
  installSsh(home, gate, { names: [`[127.0.0.1]:${gate.port}`, 'gate'] })
  const check = `[ "$*" = "connect ${TICKET}" ] || { echo "no ticket: $2" >&2; exit 1; }`
  installProgram(home, 'dumbpipe', `${check}\nexec nc -N 127.0.0.1 ${sshd.port}`)
}

/** The machine by one network, and the gateway, which byway reaches through a program. */
function networksFor(network: string, { sshd, gate, tinyproxy, tlsProxy }: Places): object {
  const { port } = sshd
  const peers = { [MACHINE]: { host: '127.0.0.1', port } }
  const plain = `${gate.user}@127.0.0.1:${gate.port}`
  const chained = { host: '127.0.0.1', port, SSHOptions: ['-J', `gate,${plain}`] }
  const ssh = ['ssh', '-oBatchMode=yes', '-W', '{host}:{port}', '-p', String(gate.port)]
  const login = `${tinyproxy.user}:${tinyproxy.password}`
  const ways: Readonly<Record<string, object>> = {
    nc: { command: NC, peers },
    socat: { command: ['socat', '-t', '9', '-', 'TCP:{host}:{port}'], peers },
    'ssh -W': { command: [...ssh, `${gate.user}@127.0.0.1`], peers },
    iroh: { technology: 'iroh', peers: { [MACHINE]: { host: TICKET } } },
    jump: { jump: plain, peers },
    'jump to a machine': { jump: 'gate', peers },
    'jump twice': { peers: { [MACHINE]: chained } },
    http: { http: `http://${login}@127.0.0.1:${tinyproxy.port}`, peers },
    https: { http: `https://me:hunter2@localhost:${tlsProxy.port}`, peers },
  }
  const behind = { gate: { host: '127.0.0.1', port: gate.port, user: gate.user } }
  return { only: ways[network], gateway: { command: NC, peers: behind } }
}

const NC = ['nc', '-N', '{host}', '{port}']

async function leaveNothing(home: Home, live: () => ProcessEntry[]): Promise<void> {
  await until('nothing is left', () => live().length === 0).catch((error) => {
    throw new Error(`${String(error)}: ${live().map(({ command }) => command)}`)
  })
  const left = readdirSync(join(home.folder, 'tmp')).filter((name) => name.startsWith('byway-'))
  if (left.length > 0) throw new Error(`left in the temporary folder: ${left}`)
}
