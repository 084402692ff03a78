import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Home, runByway, SCRIPT, startByway } from '../helpers/byway.ts'
import {
  behind,
  closeJumpPlaces,
  gateway,
  type JumpPlaces,
  type Networks,
  openJumpPlaces,
  settleBehind,
} from '../helpers/jump-places.ts'
import { run, start } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

const test = suite<JumpPlaces>('jump hosts, and what ssh’s own configuration says of them')

test.before(openJumpPlaces)
test.after(closeJumpPlaces)

const throughMachine: Networks = (all) => ({ ...behind(all, 'gate'), ...gateway(all) })

/** As many people have it: the first ssh to a host serves those that come after it. */
const MASTERS = [
  'Host gate',
  '  ProxyCommand byway connect %n %p',
  'Host *',
  '  ControlMaster auto',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: ssh expands it
  '  ControlPath "${HOME}/c-%C"',
  '  ControlPersist 60',
]

/** What ssh of this home runs at the gateway until it is told to end. */
function untilTold(home: Home): { argv: string[]; go: string } {
  const go = home.newPath()
  const wait = `echo in; until test -e ${go}; do sleep 0.05; done; echo out`
  return { argv: [join(home.folder, 'bin/ssh'), 'gate', wait], go }
}

const MASTER = { names: ['gate'], lines: MASTERS }

test('a session of the user’s own at the jump host outlives the one that came through', async (context) => {
  const home = settleBehind(SCRIPT, context, { networks: throughMachine, ...MASTER })
  const through = startByway(home, ['connect', MACHINE])
  await through.says('SSH-2.0')
  const { argv, go } = untilTold(home)
  const own = start(argv, { env: home.env, input: '' })
  await own.says('in\n')
  through.child.stdin.end()
  await through.result
  writeFileSync(go, '')
  const { status, stderr } = await own.result
  assert.is(own.heard(), 'in\nout\n', stderr)
  assert.is(status, 0, stderr)
  await endMaster(home)
})

test('a master of the user’s own at the jump host is used', async (context) => {
  const home = settleBehind(SCRIPT, context, { networks: throughMachine, ...MASTER })
  const { argv, go } = untilTold(home)
  const own = start(argv, { env: home.env, input: '' })
  await own.says('in\n')
  const logins = countLogins(context)
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE])
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  assert.is(countLogins(context), logins)
  writeFileSync(go, '')
  assert.is((await own.result).status, 0)
  await endMaster(home)
})

test.run()

function countLogins({ gate }: JumpPlaces): number {
  return gate.log().split('Accepted publickey').length
}

async function endMaster(home: Home): Promise<void> {
  const ended = await run([join(home.folder, 'bin/ssh'), '-O', 'exit', 'gate'], { env: home.env })
  assert.is(ended.status, 0, ended.stderr)
  await leavesNothing(home)
}
