import { readFileSync } from 'node:fs'
import {
  FOR_LONG,
  mustRun,
  type Result,
  type Running,
  type RunOptions,
  SBIN_ENV,
  start,
} from './program.ts'
import { TOOLS } from './tools.ts'

/** A computer of a test's own: network, hostname, processes, /run, /sys and /root are its own. */
export interface Host {
  readonly name: string
  /** its first process */
  readonly pid: number
  /** where the other hosts of its lab see it, without any overlay: on `eth0` */
  readonly plain: string
  /** what overlays send their packets over: on `eth1` */
  readonly under: string
  /** put before a program and its arguments, it runs them inside */
  readonly inside: readonly string[]
  /** Runs a program inside that has to succeed. */
  run(argv: readonly string[], options?: RunOptions): Promise<Result>
  /** Starts a program inside that runs as long as it is let. */
  start(argv: readonly string[], options?: RunOptions): Running
}

/** Hosts on two common networks that no packet leaves. */
export interface Lab {
  /** Throws for a name that the lab was not made with. */
  host(name: string): Host
  /** Ends the hosts and all that runs in them. */
  stop(): void
}

/** The two networks of a lab: the bridge of its switch, the hosts' interface and their addresses. */
const PLANES = [
  { bridge: 'plain', device: 'eth0', prefix: '198.51.100' },
  { bridge: 'under', device: 'eth1', prefix: '203.0.113' },
] as const

/** Makes the hosts, with addresses that end in 1, 2, … as they are named here. Needs root. */
export async function makeLab(names: readonly string[]): Promise<Lab> {
  const hub = await makeSpace('switch')
  const spaces = await Promise.all(names.map(makeSpace))
  for (const { bridge } of PLANES) {
    await enter(hub, `ip link add ${bridge} type bridge && ip link set ${bridge} up`)
  }
  const hosts = spaces.map((space, i) => makeHost(names[i] ?? '', i + 1, space))
  for (const [i, space] of spaces.entries()) await plug(hub, space, i + 1)
  return {
    host: (name) => {
      const host = hosts.find((one) => one.name === name)
      if (host === undefined) throw new Error(`no host "${name}" in this lab`)
      return host
    },
    stop: () => {
      for (const { holder } of [hub, ...spaces]) holder.kill()
    },
  }
}

/** Namespaces, and the first process in them: when that ends the kernel ends all others there. */
interface Space {
  readonly holder: Running
  /** the first process, as this process sees it */
  readonly pid: number
}

/** It lives until its stdin closes, which it does when this process ends, however that is killed. */
async function makeSpace(name: string): Promise<Space> {
  const setup = [
    'mount -t tmpfs tmpfs /run',
    'mount -t sysfs sysfs /sys',
    `mkdir -p '${TOOLS}' && cd '${TOOLS}'`,
    'mount -t tmpfs -o mode=700 tmpfs /root',
    // where the folder is below /root: it is still where we are, and is to be seen
    `mkdir -p '${TOOLS}' && mount --no-canonicalize --bind . '${TOOLS}' && cd /`,
    `hostname ${name}`,
    'ip link set lo up',
    'mkdir /run/sshd',
    'echo ready',
    'exec cat',
  ].join(' && ')
  const namespaces = ['--net', '--mount', '--uts', '--pid', '--fork', '--kill-child']
  const argv = ['unshare', ...namespaces, '--mount-proc', 'sh', '-c', setup]
  const holder = start(argv, { env: SBIN_ENV, limit: FOR_LONG })
  await holder.says('ready')
  const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')
  return { holder, pid: Number.parseInt(children, 10) }
}

function makeHost(name: string, number: number, { pid }: Space): Host {
  const inside = ['nsenter', '--target', `${pid}`, '--net', '--mount', '--uts', '--pid', '--']
  return {
    name,
    pid,
    plain: `${PLANES[0].prefix}.${number}`,
    under: `${PLANES[1].prefix}.${number}`,
    inside,
    run: (argv, options) => mustRun([...inside, ...argv], { env: SBIN_ENV, ...options }),
    start: (argv, options) =>
      start([...inside, ...argv], { env: SBIN_ENV, limit: FOR_LONG, input: '', ...options }),
  }
}

/** Connects a host to both networks of the switch. */
async function plug(hub: Space, host: Space, number: number): Promise<void> {
  for (const { bridge, device, prefix } of PLANES) {
    const port = `${bridge}${number}`
    // the host's end is born in the host, by its process as seen from here
    await mustRun(
      [
        'nsenter',
        `--net=/proc/${hub.pid}/ns/net`,
        ...words(`ip link add ${port} type veth peer name ${device} netns ${host.pid}`),
      ],
      { env: SBIN_ENV },
    )
    await enter(hub, `ip link set ${port} master ${bridge} up`)
    await enter(host, `ip addr add ${prefix}.${number}/24 dev ${device}`)
    await enter(host, `ip link set ${device} up`)
  }
}

async function enter({ pid }: Space, line: string): Promise<void> {
  await mustRun(['nsenter', `--net=/proc/${pid}/ns/net`, 'sh', '-c', line], { env: SBIN_ENV })
}

function words(line: string): string[] {
  return line.split(' ')
}

/** Milliseconds between two tries, and in all. */
const PAUSE = 50
const PATIENCE = 20_000

/** Runs a program in a host again and again until it succeeds. Rejects with what it said last. */
export async function untilSucceeds(host: Host, argv: readonly string[]): Promise<void> {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      await host.run(argv)
      return
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}
