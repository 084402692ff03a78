import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { TorControl } from '../../src/daemons/tor-control.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { inParallel, noteWire } from '../helpers/fault-budget.ts'
import { listen } from '../helpers/listen.ts'
import { soon } from '../helpers/soon.ts'
import { SPOILS, type Spoilt } from '../helpers/spoilt.ts'

const BESIDE = 12
const HUNG = 20_000
/** Milliseconds after which a tor that is silent is given up here. */
const SILENT = 500

/** What tor says to AUTHENTICATE, TAKEOWNERSHIP and GETINFO. */
const REPLIES = [
  '250 OK\r\n',
  '250 OK\r\n',
  '250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done\r\n250 OK\r\n',
]
/** Bytes of the two that a control connection begins with. */
const OPENED = 16

const test = suite('faults at tor’s control port')

for (const [name, spoil] of Object.entries(SPOILS)) {
  test(`${name}: each question is answered, or the tor counts as gone`, async () => {
    const whole = REPLIES.join('')
    const offsets = Array.from({ length: whole.length }, (_, i) => i)
    let opened = 0
    await inParallel(offsets, BESIDE, async (at) => {
      const isOpen = await controlTor(spoil(whole, at), at)
      if (isOpen) opened += 1
      // its first two replies were whole
      if (name === 'closed' || name.startsWith('silent')) assert.is(isOpen, at >= OPENED, `${at}`)
    })
    assert.ok(opened > 0, 'none was opened: what comes later was not tried')
    noteWire(
      `tor's control port: ${name}, at every offset`,
      offsets.length,
      'answered, or taken for gone',
    )
  })
}

test.run()

/** A tor that gives each command its reply, up to the fault; true: it could be opened. */
async function controlTor({ says, ends }: Spoilt, at: number): Promise<boolean> {
  const folder = makeFolder()
  const paths = { socket: join(folder, 'control'), cookie: join(folder, 'cookie') }
  writeFileSync(paths.cookie, Buffer.alloc(32))
  const server = await listen(
    (socket) => {
      let sent = 0
      let turn = 0
      socket.on('data', () => {
        const end = sent + (REPLIES[turn++] ?? '').length
        const isFault = end > at
        const piece = says.subarray(sent, isFault ? undefined : end)
        sent += piece.length
        socket.write(piece, () => {
          if (isFault && ends === 'close') socket.end()
          if (isFault && ends === 'reset') socket.destroy()
        })
      })
    },
    { path: paths.socket },
  )
  const opening = TorControl.open(paths, () => {}).then(
    async (control) => {
      await control.ask('GETINFO status/bootstrap-phase', SILENT)
      control.close()
      const { code } = await control.ask('GETINFO version')
      assert.is(code, 0)
      return true
    },
    (error) => {
      assert.ok(error instanceof BywayError || 'code' in error, String(error))
      return false
    },
  )
  if (ends === 'stay') await Promise.race([opening, pause(6 * SILENT)])
  else await soon('tor', opening, HUNG)
  server.stop()
  return soon('tor is gone', opening, HUNG)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
