import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { atExit, makeFolder } from './cleanup.ts'

/** Takes a socket, reads it to its end, says what it read, and stays: an exit may be heard before the words. */
const READER = `process.once('message', (_, socket) => {
  const chunks = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('end', () => process.send(Buffer.concat(chunks).toString('base64')))
})`

/**
 * Hands the socket to another process, as with fd passing, and gives what that reads to the end:
 * whatever was not read here before. The socket is closed here.
 */
export async function readElsewhere(socket: Socket): Promise<Buffer> {
  const file = join(makeFolder(), 'reader.cjs')
  writeFileSync(file, READER)
  const reader = fork(file, { execArgv: [] })
  const stop = atExit(() => reader.kill('SIGKILL'))
  reader.send('take', socket, {}, (error) => error !== null && reader.disconnect())
  const [text] = await Promise.race([once(reader, 'message'), once(reader, 'exit')])
  stop()
  if (typeof text !== 'string') throw new Error(`the reader ended: ${text}`)
  return Buffer.from(text, 'base64')
}
