import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findProgram } from '../../src/daemons/find-program.ts'
import { ARTEFACTS, Home, runByway } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'
import { leavesNothing, makeInside } from '../helpers/on-demand-home.ts'
import { SBIN_ENV } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { FIXTURES } from '../vars/clan.ts'

const KEY = 'quokka-staple-key'
const KEYS = { SOPS_AGE_KEY: KEY, AGE_KEY: KEY }

const test = suite('the environments of programs')

for (const artefact of ARTEFACTS) {
  test(`${artefact.name}: no program that opens no secret is given the keys in byway’s own`, async () => {
    const home = new Home(artefact)
    const programs = ['ssh', 'dumbpipe', 'probe', 'tailscale', 'git', 'nix', 'clan', 'wg']
    for (const program of programs) spy(home, program)
    home.writeInventory({
      networks: {
        direct: { peers: { [MACHINE]: { host: '127.77.0.1', port: 1 } } },
        behind: { jump: 'gate.example', peers: { [MACHINE]: { host: '127.77.0.1' } } },
        p2p: { technology: 'iroh', peers: { [MACHINE]: { host: `endpoint${'a2'.repeat(40)}` } } },
        tail: { technology: 'tailscale', peers: { [MACHINE]: { host: '100.64.0.1' } } },
        wire: { technology: 'wireguard', peers: { [MACHINE]: { host: '10.0.0.1' } } },
      },
    })
    home.writeConfig({
      networks: { own: { command: ['probe', '{host}'], peers: { [MACHINE]: { host: 'x' } } } },
    })
    mkdirSync(join(home.folder, '.ssh'), { mode: 0o700 })
    home.writeFile('.ssh/config', 'Host web02\n  HostName 192.0.2.7\n')
    for (const args of [
      ['connect', MACHINE],
      ['connect', '--fdpass', MACHINE],
      ['explain', MACHINE],
      ['ping', '--all', MACHINE],
      ['list'],
      ['status'],
      ['doctor'],
      ['ssh-config', '--install'],
      ['import'],
      ['connect', '--flake', home.makeFolder('flake'), MACHINE],
    ]) {
      await runByway(home, args, { env: KEYS })
    }
    for (const program of ['ssh', 'dumbpipe', 'probe', 'tailscale']) {
      assert.match(toldOf(home, 'ran'), new RegExp(`/${program} `), `${program} was not run`)
    }
    assert.is(toldOf(home, 'given'), '')
  })

  test(`${artefact.name}: nor is a daemon, what starts it, or who dials inside`, async () => {
    const home = makeInside({ key: { file: join(FIXTURES, 'keys/user.txt') } }, artefact)
    for (const program of ['socat', 'nsenter', 'mkfifo', 'unshare', 'ip', 'pasta', 'slirp4netns']) {
      spy(home, program)
    }
    const { stdout } = await runByway(home, ['connect', MACHINE], { env: KEYS, input: '' })
    assert.match(stdout.toString(), /^SSH-2\.0-inside/)
    for (const program of ['socat', 'nsenter', 'mkfifo']) {
      assert.match(toldOf(home, 'ran'), new RegExp(`/${program} `), `${program} was not run`)
    }
    assert.is(toldOf(home, 'given'), '')
    await leavesNothing(home)
  })
}

test.run()

/** Puts a program into the home's PATH that notes how it was run, and with what keys; then the real one runs. */
function spy(home: Home, program: string): void {
  const real = findProgram(program, SBIN_ENV.PATH)
  const rest = real === null ? 'exit 1' : `exec ${real} "$@"`
  const note = (file: string) => `echo "$0 $*" >>'${home.folder}/${file}'`
  installProgram(
    home,
    program,
    `${note('ran')}\nenv | grep -q '${KEY}' && ${note('given')}\n${rest}`,
  )
}

function toldOf(home: Home, file: string): string {
  const path = join(home.folder, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
