import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { noteComputer } from '../helpers/fault-budget.ts'
import type { Result } from '../helpers/program.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { leavesNothing } from '../helpers/ways.ts'

/** What is the matter with the computer that byway runs on. */
interface Trouble {
  /** shell lines that make it so, `$1` being the home; what is mounted is seen by byway alone */
  readonly setup?: string
  /** a program and its arguments that run byway */
  readonly inside?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** what `-v` says of files, in the order of the alphabet; absent: nothing */
  readonly says?: readonly string[]
}

const READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"'
/** One line for each file and what does not come of it, and no other. */
const NO_ROOM = ['cache not written', 'history not written']
const NO_FOLDER = ['cache ignored', 'cache not written', 'history ignored', 'history not written']
/** What is said of files that byway keeps. */
const OF_FILES = /^byway: (\w+) ".*" (ignored|not written): /gm

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'the disk with the cache is full': {
    setup: 'mount -t tmpfs -o size=4k tmpfs "$1/cache" && head -c 4096 /dev/zero >"$1/cache/x"',
    says: NO_ROOM,
  },
  'the disks with cache, state and temporary files are full': {
    setup: [
      'for f in cache state tmp run; do mount -t tmpfs -o size=4k tmpfs "$1/$f"',
      'chmod 700 "$1/$f"; head -c 4096 /dev/zero >"$1/$f/x"; done',
    ].join(' && '),
    says: NO_ROOM,
  },
  'the disk with the cache has no inodes left': {
    setup: 'mount -t tmpfs -o nr_inodes=1,mode=700 tmpfs "$1/cache"',
    says: NO_ROOM,
  },
  'the home is read-only': { setup: READ_ONLY, says: NO_ROOM },
  'there is no /proc': { setup: 'mount -t tmpfs tmpfs /proc' },
  'there is no /sys': { setup: 'mount -t tmpfs tmpfs /sys' },
  'there is no temporary folder': { env: { TMPDIR: '/nonexistent' } },
  'folders of XDG are missing': {
    env: {
      XDG_CACHE_HOME: '/nonexistent/cache',
      XDG_STATE_HOME: '/nonexistent/state',
      XDG_RUNTIME_DIR: '/nonexistent/run',
    },
    setup: 'mount --bind / / && mount -o remount,ro,bind /',
    says: NO_ROOM,
  },
  'the cache folder is a file': { env: { XDG_CACHE_HOME: '/etc/passwd' }, says: NO_FOLDER },
  'few descriptors': { inside: ['prlimit', '--nofile=32:32', '--'] },
  'no core dumps, no locked memory': { inside: ['prlimit', '--core=0', '--memlock=0', '--'] },
  'the smallest stack that is usual': { inside: ['prlimit', '--stack=1048576', '--'] },
  'the slowest of priorities': { inside: ['nice', '-n', '19'] },
}

const test = suite<{ sshd: Sshd }>('faults in the computer')

test.before(async (context) => {
  context.sshd = await startSshd()
})

test.after(({ sshd }) => sshd.stop())

for (const [name, trouble] of Object.entries(TROUBLES)) {
  test(`${name}: ssh is in, relayed and fd-passed, the second time as well`, async ({ sshd }) => {
    for (const mode of ['relay', 'fdpass'] as const) {
      const home = settle(sshd)
      const ssh = new SshClient({
        home,
        sshd,
        include: SNIPPETS[mode],
        inside: wrap(home, trouble),
      })
      for (const word of ['first', 'second']) {
        const { stdout, stderr } = await ssh.run('ssh', [MACHINE, `echo ${word}`])
        assert.is(stdout.toString(), `${word}\n`, `${mode}: ${stderr}`)
        assert.is(stderr, '', mode)
      }
      await leavesNothing(home)
    }
    noteComputer(name, 4, 'ssh is in')
  })

  test(`${name}: a line for each file at -v, none without; the right status when nobody answers`, async ({
    sshd,
  }) => {
    const loud = await run(sshd, trouble, ['connect', '-v', MACHINE])
    assert.is(loud.status, 0, loud.stderr)
    assert.match(loud.stdout.toString(), /^SSH-/)
    const said = Array.from(loud.stderr.matchAll(OF_FILES), ([, file, fate]) => `${file} ${fate}`)
    assert.equal(said.sort(), trouble.says ?? [], loud.stderr)
    const dead = await run(sshd, trouble, ['connect', '-n', 'dead', MACHINE])
    assert.is(dead.status, 69, dead.stderr)
    assert.match(dead.stderr, /^byway: no route to ".*" answered\n/)
    assert.not.match(dead.stderr, /bug|cache/)
    noteComputer(`${name}, nobody answers`, 2, 'exit 69, no other word')
  })
}

test.run()

function settle({ port }: Sshd): Home {
  const home = new Home(EXECUTABLE)
  const peers = (at: number) => ({ peers: { [MACHINE]: { host: '127.0.0.1', port: at } } })
  home.writeInventory({
    networks: { dead: { priority: 2, ...peers(1) }, good: { priority: 1, ...peers(port) } },
  })
  return home
}

function run(sshd: Sshd, trouble: Trouble, args: readonly string[]): Promise<Result> {
  const home = settle(sshd)
  return runByway(home, args, { inside: wrap(home, trouble) })
}

/** What runs a program in that trouble. */
function wrap({ folder }: Home, { setup, inside = [], env = {} }: Trouble): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const script = `${setup} && shift && exec "$@"`
  const mounts = setup === undefined ? [] : ['unshare', '--mount', 'sh', '-c', script, 'sh', folder]
  return [...mounts, ...inside, 'env', ...variables]
}
