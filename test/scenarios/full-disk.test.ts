import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway } from '../helpers/byway.ts'

const test = suite('a full disk')

test('below the sockets: no daemon is started, and it says where', async () => {
  const home = makeHome()
  const run = home.env['XDG_RUNTIME_DIR'] ?? ''
  const inside = full(run, 'mount -t tmpfs -o nr_inodes=2,mode=700 tmpfs "$1"', ':')
  const { status, stderr } = await runByway(home, ['up', 'work'], { inside })
  assert.is(status, 69, stderr)
  assert.match(stderr, /look who holds ".*\/run\/byway\/net\.work-\w+": ENOSPC: /)
  assert.not.match(stderr, 'bug')
})

test('below the state: no folder for sockets, and none is left', async () => {
  const home = makeHome()
  const state = home.env['XDG_STATE_HOME'] ?? ''
  const fill = [
    'mount -t tmpfs -o size=4k,mode=700 tmpfs "$1"',
    'mkdir -m 700 "$1/byway"',
    'head -c 4096 /dev/zero >"$1/x"',
  ].join(' && ')
  const left = `ls -A "$1/byway" ${join(home.folder, 'tmp')}`
  const env = { XDG_RUNTIME_DIR: '' }
  const inside = full(state, fill, left)
  const { stdout, stderr } = await runByway(home, ['daemon', 'list'], { inside, env })
  assert.match(stderr, 'no folder for sockets: ENOSPC')
  const [, first = '', second = ''] = /^.*:\n(.*)\n.*:\n(.*)$/s.exec(stdout.toString()) ?? []
  assert.equal([first, second], ['', ''], stdout.toString())
})

test.run()

/** A home with a network whose daemon byway would start. */
function makeHome(): Home {
  const home = new Home(EXECUTABLE)
  const daemon = { command: ['sleep', '60'], socks: '127.0.0.1:1', linger: 1 }
  const peers = { web: { host: 'localhost' } }
  home.writeInventory({ networks: { work: { technology: 'socks', peers } } })
  home.writeConfig({ networks: { work: { daemon } } })
  return home
}

/** Runs byway where a folder's disk is full, as it alone sees it, and something after it. */
function full(folder: string, fill: string, then: string): string[] {
  const script = `${fill} || exit 99; folder=$1; shift; "$@"; status=$?; set -- "$folder"; ${then}; exit $status`
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', folder]
}
