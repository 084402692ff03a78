import { FOR_LONG, type Running, SBIN_ENV, start } from './program.ts'

/** An address that swallows whatever is sent to it: no answer, no ICMP, in every namespace. */
export const BLACK_HOLE = '192.0.2.77'

/** A network namespace of a test's own, with loopback and a black hole. */
export interface Namespace {
  /** put before a program and its arguments, it runs them inside, as the same user */
  readonly inside: readonly string[]
  /** Ends the namespace. What runs inside is not ended by it. */
  stop(): void
}

/**
 * True silence needs a frame that is sent and nobody takes: to a permanent neighbour at the other
 * end of a veth pair that is nobody's.
 */
const SETUP = `set -e
ip link set lo up
ip link add name hole type veth peer name nobody
ip addr add 192.0.2.1/24 dev hole
ip link set hole up
ip link set nobody up
ip neigh add ${BLACK_HOLE} lladdr 02:00:00:00:00:01 dev hole nud permanent
echo ready
exec cat
`

/**
 * Makes a namespace, as root or as anybody. It has no name that could be left behind: it lives as
 * long as its first program, which ends when this process does, however that is killed.
 */
export async function makeNamespace(): Promise<Namespace> {
  const root = process.getuid?.() === 0
  const user = root ? [] : ['--user', '--map-current-user', '--keep-caps']
  const holder = start(['unshare', '--net', ...user, 'sh', '-c', SETUP], {
    env: SBIN_ENV,
    limit: FOR_LONG,
  })
  await holder.says('ready').catch(async (error) => {
    throw new Error(`no network namespace (util-linux, iproute2): ${await explain(holder, error)}`)
  })
  const enter = root ? ['--net'] : ['--user', '--preserve-credentials', '--net']
  const target = ['--target', String(holder.pid)]
  return { inside: ['nsenter', ...target, ...enter, '--'], stop: () => holder.kill() }
}

async function explain({ result }: Running, error: unknown): Promise<string> {
  const said = await result.then(({ stderr }) => stderr.trim()).catch(() => '')
  return said === '' ? String(error) : said
}
