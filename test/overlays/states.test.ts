// serial

import * as assert from 'uvu/assert'
import { type Host, type Lab, makeLab, untilSucceeds } from '../helpers/hosts.ts'
import { suite } from '../helpers/suite.ts'
import { show, timeStates } from './timing.ts'

/** Milliseconds for all states together, and where something hangs. */
const USUAL = 20
const HUNG = 100

/** Where daemons are asked, in socat's words. */
const PLACES = [
  'TCP-LISTEN:9993,bind=127.0.0.1',
  'TCP-LISTEN:8989,bind=127.0.0.1',
  'TCP-LISTEN:9001,bind=127.0.0.1',
  'UNIX-LISTEN:/run/yggdrasil/yggdrasil.sock',
  'UNIX-LISTEN:/run/yggdrasil.sock',
  'UNIX-LISTEN:/run/tailscale/tailscaled.sock',
  'UNIX-LISTEN:/run/tailscaled.socket',
]

const test = suite<{ lab: Lab }>('overlays: the time that states take')

test.before(async (context) => {
  context.lab = await makeLab(['bare', 'hung'])
})

test.after(({ lab }) => lab.stop())

test('nothing runs', async ({ lab }) => {
  const timed = await timeStates(lab.host('bare'), USUAL)
  for (const [name, { state }] of Object.entries(timed.states)) assert.is(state, 'absent', name)
  console.log(`\nnothing runs: ${show(timed)}`)
  assert.ok(timed.ms < 5000, show(timed))
})

test('whatever is asked accepts and says nothing', async ({ lab }) => {
  const host = lab.host('hung')
  await host.run(['mkdir', '/run/yggdrasil', '/run/tailscale'])
  for (const place of PLACES) await serveSilence(host, place)
  const timed = await timeStates(host, HUNG)
  for (const [name, { state }] of Object.entries(timed.states)) assert.is(state, 'absent', name)
  console.log(`\neverything hangs: ${show(timed)}`)
  assert.ok(timed.ms < 5000, show(timed))
})

test.run()

async function serveSilence(host: Host, place: string): Promise<void> {
  host.start(['socat', `${place},fork`, 'EXEC:sleep 1000'])
  const at = place.includes('TCP') ? place.replace('-LISTEN', ':127.0.0.1').split(',')[0] : place
  await untilSucceeds(host, [
    'socat',
    '-u',
    'OPEN:/dev/null',
    at?.replace('-LISTEN', '-CONNECT') ?? '',
  ])
}
