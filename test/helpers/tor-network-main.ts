/**
 * `node --import tsx tor-network-main.ts <description.json> [pid]`: a private Tor network with an
 * sshd behind it, in the foreground. Writes the description when all is ready, or the error that
 * prevents it. Ends on SIGTERM, SIGINT and SIGHUP, and with the process of that pid; without one,
 * at the end of stdin. Then it removes all that it wrote.
 */
import { renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { atExit, makeFolder } from './cleanup.ts'
import { isAlive } from './proc.ts'
import type { Description } from './shared-tor-network.ts'
import { startSshd } from './sshd.ts'
import { startTorNetwork } from './tor-network.ts'

/** Milliseconds between two looks at the process that the network is for. */
const LOOK = 500

const [path = '', owner] = process.argv.slice(2)
if (path === '') throw new Error('usage: tor-network-main.ts <description.json> [pid]')
await main(resolve(path), Number(owner))

async function main(file: string, owner: number): Promise<void> {
  let error = ''
  atExit(() => (error ? describe(file, { error }) : forget(file)))
  endWith(owner)
  // Where this process is killed, whoever made that folder removes all.
  process.env['TMPDIR'] = dirname(file)
  try {
    const { log: _, stop: __, ...sshd } = await startSshd()
    const { clientTorrc, onions } = await startTorNetwork(makeFolder(), { sshPort: sshd.port })
    describe(file, { clientTorrc, onions, sshd, pid: process.pid })
  } catch (cause) {
    error = String(cause)
    process.exit(1)
  }
}

/** All that was started ends as this process exits. */
function endWith(owner: number): void {
  if (owner) setInterval(() => isAlive(owner) || process.exit(), LOOK)
  else process.stdin.once('end', () => process.exit()).resume()
}

function describe(file: string, description: Description): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(description, null, 2))
  renameSync(draft, file)
}

function forget(file: string): void {
  rmSync(file, { force: true })
  try {
    rmdirSync(dirname(file))
  } catch {
    // It was not made for this file alone.
  }
}
