import * as assert from 'uvu/assert'
import { type Home, runByway } from './byway.ts'
import { MACHINE } from './ssh-client.ts'

/** What the peer of `mustConnect` says, all of it. */
export const BANNER = 'SSH-2.0-x\r\n'

/** Connects, which has to get through; what it said on stderr. */
export async function mustConnect(home: Home, flags: readonly string[] = []): Promise<string> {
  const { status, stdout, stderr } = await runByway(home, ['connect', ...flags, MACHINE])
  assert.is(status, 0, stderr)
  assert.is(stdout.toString(), BANNER)
  return stderr
}
