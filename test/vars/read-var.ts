import { createHash } from 'node:crypto'
import { messageOf } from '../../src/core/errors.ts'
import { resolveVar } from '../../src/vars/resolve.ts'
import { HOSTNAME } from './clan.ts'

/** `read-var.ts <clan>`: prints the hash of the var, or why it cannot be read. */
const context = { signal: new AbortController().signal, tell: () => {}, env: process.env }
try {
  const secret = await resolveVar(process.argv[2] ?? '', HOSTNAME, context)
  console.log(`sha256 ${createHash('sha256').update(secret.reveal()).digest('hex')}`)
} catch (error) {
  console.log(`error ${messageOf(error)}`)
}
