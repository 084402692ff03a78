/** `claim-racer.ts <folder> <referee>`: takes the claim of the folder, again and again, until it is killed. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sweep, takeClaim } from '../../src/daemons/claim.ts'

/** Milliseconds between two tries, and of a term at most. */
const PAUSE = 5
const TERM = 40

const [folder = '', referee = ''] = process.argv.slice(2)
for (;;) {
  await race().catch((error: NodeJS.ErrnoException) => {
    // a holder took our folder for a leftover
    if (error.code !== 'ENOENT' && error.code !== 'EACCES') throw error
  })
  await delay(PAUSE)
}

async function race(): Promise<void> {
  const own = mkdtempSync(join(folder, 'run.'))
  const server = createServer((socket) => {
    socket.resume().on('error', () => {})
  })
  try {
    server.listen(join(own, 'socket'))
    await once(server, 'listening')
    if (!(await takeClaim(folder, join(own, 'socket')))) return
    const noted = connect({ path: referee })
    noted.write(String(process.pid))
    await once(noted, 'data')
    sweep(folder, basename(own))
    await delay(Math.random() * TERM)
    noted.destroy()
    await once(noted, 'close')
  } finally {
    server.close()
    rmSync(own, { recursive: true, force: true })
  }
}
