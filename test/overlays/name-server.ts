/** A program: a name server (RFC 1035) on port 53 of an address, which knows the IPv4 addresses of some names. */

import { createSocket } from 'node:dgram'

/** Bytes of a message before its question; what it says; the type of an IPv4 address. */
const HEADER = 12
const NO_ERROR = 0x8180
const NO_SUCH_NAME = 0x8183
const TYPE_A = 1

const [address = '', names = '{}'] = process.argv.slice(2)
const known: Readonly<Record<string, string>> = JSON.parse(names)

const socket = createSocket('udp4')
socket.on('message', (question, { address: asker, port }) => {
  socket.send(answer(question), port, asker)
})
socket.bind(53, address, () => console.log('ready'))

function answer(question: Buffer): Buffer {
  const labels: string[] = []
  let at = HEADER
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const asked = question.subarray(HEADER, at + 5)
  const found = known[labels.join('.').toLowerCase()]
  const isA = question.readUInt16BE(at + 1) === TYPE_A
  const records = found !== undefined && isA ? [recordOf(found)] : []
  const header = Buffer.alloc(HEADER)
  question.copy(header, 0, 0, 2)
  header.writeUInt16BE(found === undefined ? NO_SUCH_NAME : NO_ERROR, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, asked, ...records])
}

/** Of the name that was asked for, for a minute. */
function recordOf(ip: string): Buffer {
  const head = [0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4]
  return Buffer.from([...head, ...ip.split('.').map(Number)])
}
