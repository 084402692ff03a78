import * as assert from 'node:assert/strict'
import { parseBootstrap, TorControl } from '../../src/daemons/tor-control.ts'
import { survive, type Target } from '../target.ts'
import { type Serve, withServer } from './server.ts'

/** Between the replies to one command and the next. */
const NEXT = '\0'
/** Milliseconds after a reply in which the next command comes, or none. */
const PAUSE = 5
const OK = '250 OK\r\n'
/** A reply of one line that is no event. */
const REPLY = /^(?!650)(\d{3}) [^\r\n]*\r\n$/

/** What tor says on its control port: to AUTHENTICATE, to TAKEOWNERSHIP and to GETINFO. */
export const TOR_CONTROL: Target = {
  name: 'tor-control',
  seeds: [
    `${OK}\0${OK}\x00250-stream-status=1 SUCCEEDED 2 a:22\r\n250 OK\r\n`,
    `${OK}\0${OK}650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=10 TAG=x SUMMARY="a b"\r\n\0${OK}`,
    `${OK}\0${OK}\x00250+x=\r\n..a\r\n.\r\n250 OK\r\n`,
    `650+x\r\na\r\n.\r\n${OK}\0${OK}\x00552 no\r\n`,
    `${OK}\0${OK}\x00552 no\r\n`,
    `${OK}\x00512 no\r\n`,
    `${OK}${OK}${OK}`,
    '515 Bad\r\n',
    'BOOTSTRAP PROGRESS=5 SUMMARY="\\"" WARNING="x"',
  ],
  words: [
    ...[NEXT, OK, '250 ', '250-', '250+', '650 ', '650+', '\r\n', '.\r\n'],
    ...['BOOTSTRAP ', ' PROGRESS=', 'SUMMARY="', '\\', '"'],
  ],
  run: (input) => {
    parseBootstrap(input.toString())
    const replies = input.toString('latin1').split(NEXT)
    return withServer(answering(replies), async ({ path }) => {
      const control = await survive(['UNAVAILABLE'], () =>
        TorControl.open({ socket: path, cookie: '/dev/null' }, (line) => parseBootstrap(line)),
      )
      const reply = await control?.ask('GETINFO stream-status')
      control?.close()
      const codes = replies.slice(0, 3).map((text) => Number(REPLY.exec(text)?.[1] ?? 0))
      const isOpen = codes.slice(0, 2).every((code) => code >= 200 && code < 300)
      if (isOpen) assert.equal(reply?.code, codes[2] || reply?.code, 'the reply of another command')
      if (isOpen && codes.length === 2) assert.equal(reply?.code, 0)
    })
  },
}

/** Answers each command by the next of the replies; ends when there is none, or no command comes. */
function answering(replies: readonly string[]): Serve {
  return (socket) => {
    const rest = [...replies]
    let timer: NodeJS.Timeout | undefined
    // as long as it is so, there comes another command, or the end
    let plain = true
    const end = () => socket.end(Buffer.from(rest.splice(0).join(''), 'latin1'))
    socket.on('close', () => clearTimeout(timer))
    socket.on('data', (commands: Buffer) => {
      clearTimeout(timer)
      const count = commands.toString('latin1').split('\r\n').length - 1
      const said = rest.splice(0, count)
      socket.write(Buffer.from(said.join(''), 'latin1'))
      plain &&= said.every((text) => REPLY.test(text))
      if (rest.length === 0) end()
      else if (!plain) timer = setTimeout(end, PAUSE)
    })
  }
}
