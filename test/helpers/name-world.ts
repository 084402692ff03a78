import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { makeFolder } from './cleanup.ts'
import { BLACK_HOLE, makeNamespace, type Namespace } from './netns.ts'
import { run } from './program.ts'

/** What getaddrinfo(3) prefers (gai.conf(5)): its defaults, but the black hole before all. */
const PREFERENCES = `precedence ::ffff:${BLACK_HOLE}/128 100
precedence ::1/128 50
precedence ::/0 40
precedence ::ffff:0:0/96 10
`

/** Puts files of our own over the system's, for nobody but the program. */
const BIND = `set -e
mount --bind "$1" /etc/hosts
mount --bind "$2" /etc/gai.conf
mount --bind "$3" /etc/resolv.conf
shift 3
exec "$@"`

/**
 * Makes a namespace where names are what `hosts` (hosts(5)) says, any other name server is silent,
 * for `seconds` by each lookup, and there is a black hole. Needs no privileges, but user
 * namespaces, and /etc/gai.conf.
 */
export async function makeNameWorld(hosts: string, seconds = 1): Promise<Namespace> {
  const folder = makeFolder()
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const resolver = `nameserver ${BLACK_HOLE}\noptions timeout:${seconds} attempts:1\n`
  const files = [
    write('hosts', hosts),
    write('gai.conf', PREFERENCES),
    write('resolv.conf', resolver),
  ]
  const { inside, stop } = await makeNamespace()
  const enter = [...inside, 'unshare', '--user', '--map-root-user', '--mount']
  return { inside: [...enter, 'sh', '-c', BIND, 'sh', ...files], stop }
}

/**
 * Runs a TypeScript program, bundled as byway itself is, in such a world. Gives the JSON that it
 * prints, however it ends.
 */
export async function runWithNames(
  program: string,
  hosts: string,
  args: readonly string[],
): Promise<unknown> {
  const world = await makeNameWorld(hosts)
  const outfile = join(makeFolder(), 'program.cjs')
  const target = { bundle: true, platform: 'node', format: 'cjs' } as const
  buildSync({ entryPoints: [program], outfile, ...target })
  try {
    const result = await run([...world.inside, process.execPath, outfile, ...args])
    if (result.stdout.length === 0) throw new Error(`${program} said nothing: ${result.stderr}`)
    return JSON.parse(result.stdout.toString())
  } finally {
    world.stop()
  }
}
