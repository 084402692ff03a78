import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { Home } from './byway.ts'
import { atExit } from './cleanup.ts'
import { killTree } from './proc.ts'

/** What byway's stdin and stdout are: pipes from ssh, socket pairs from other programs. */
export type Plumbing = 'pipes' | 'sockets'

/** A byway whose both ends are the test's to use, byte by byte. */
export interface Plumbed {
  readonly pid: number
  /** the test's end of byway's stdin */
  readonly stdin: Writable
  /** the test's end of byway's stdout; nothing is read of it unless the test does */
  readonly stdout: Readable
  readonly ended: Promise<Ending>
}

/** How byway ended. */
export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
  /** when, by `performance.now()` */
  readonly at: number
}

/** Starts byway with its stdin and stdout in the test's hands. */
export function plumb(home: Home, args: readonly string[], kind: Plumbing): Plumbed {
  const { argv } = home.artefact
  const [command = '', ...rest] = [...argv, ...args]
  const settings = { env: home.env, cwd: home.folder }
  if (kind === 'sockets') {
    const child = spawn(command, rest, { ...settings, stdio: 'pipe' })
    return { ...watch(child), stdin: child.stdin, stdout: child.stdout }
  }
  const [down, up] = [makePipe(home), makePipe(home)]
  const child = spawn(command, rest, { ...settings, stdio: [up.read, down.write, 'pipe'] })
  closeSync(up.read)
  closeSync(down.write)
  const stdin = new Socket({ fd: up.write, readable: false })
  const stdout = new Socket({ fd: down.read, writable: false })
  return { ...watch(child), stdin, stdout }
}

/** The two ends of a pipe(7). */
function makePipe(home: Home): { read: number; write: number } {
  const path = home.newPath()
  spawnSync('mkfifo', [path])
  // whoever opens one end waits for somebody at the other
  const both = openSync(path, constants.O_RDWR)
  const read = openSync(path, constants.O_RDONLY)
  const write = openSync(path, constants.O_WRONLY)
  closeSync(both)
  return { read, write }
}

function watch(child: ChildProcess): Pick<Plumbed, 'pid' | 'ended'> {
  const pid = child.pid ?? 0
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const kill = atExit(() => {
    if (pid !== 0 && child.exitCode === null && child.signalCode === null) killTree(pid)
  })
  const ended = new Promise<Ending>((resolve, reject) => {
    let at = 0
    child.on('error', reject)
    child.on('exit', () => {
      at = performance.now()
    })
    // `close` waits for stdout as well, which the test may not read
    child.stderr?.on('close', () => {
      const end = () => {
        kill()
        resolve({ status: child.exitCode, signal: child.signalCode, stderr, at })
      }
      if (at > 0) end()
      else child.on('exit', end)
    })
  })
  return { pid, ended }
}
