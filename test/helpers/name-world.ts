import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { makeFolder } from './cleanup.ts'
import { BLACK_HOLE, makeNamespace } from './netns.ts'
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
 * Runs a TypeScript program, bundled as byway itself is, where names are what `hosts` (hosts(5)) says, any other name server is
 * silent, and there is a black hole. Gives the JSON that it prints, however it ends. Needs no
 * privileges, but user namespaces, and /etc/gai.conf.
 */
export async function runWithNames(
  program: string,
  hosts: string,
  args: readonly string[],
): Promise<unknown> {
  const folder = makeFolder()
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const files = [
    write('hosts', hosts),
    write('gai.conf', PREFERENCES),
    write('resolv.conf', `nameserver ${BLACK_HOLE}\noptions timeout:1 attempts:1\n`),
  ]
  const namespace = await makeNamespace()
  const enter = [...namespace.inside, 'unshare', '--user', '--map-root-user', '--mount']
  const outfile = join(folder, 'program.cjs')
  const target = { bundle: true, platform: 'node', format: 'cjs' } as const
  buildSync({ entryPoints: [program], outfile, ...target })
  const node = [process.execPath, outfile, ...args]
  try {
    const result = await run([...enter, 'sh', '-c', BIND, 'sh', ...files, ...node])
    if (result.stdout.length === 0) throw new Error(`${program} said nothing: ${result.stderr}`)
    return JSON.parse(result.stdout.toString())
  } finally {
    namespace.stop()
  }
}
