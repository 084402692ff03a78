import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import type { Home } from './byway.ts'
import { atExit } from './cleanup.ts'

/** What came of a byway that was asked to pass a socket on. */
export interface Passed {
  /** the socket, of which nothing has been read here */
  readonly socket: Socket
  readonly status: number | null
  readonly stderr: string
}

/** A byway that runs with `--fdpass`, and how it ended: null where no socket was passed. */
export interface Passing {
  readonly pid: number
  readonly end: Promise<Omit<Passed, 'socket'> & PassingEnd>
}

interface PassingEnd {
  readonly socket: Socket | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Takes ssh's place for `byway connect --fdpass`: stdout is a socket pair over which the connected
 * socket comes, and byway has to end then. `inside`: a program and its arguments that run byway.
 */
export function startPassing(
  home: Home,
  args: readonly string[],
  inside: readonly string[] = [],
): Passing {
  const [command = '', ...rest] = [...inside, ...home.artefact.argv, ...args]
  // an 'ipc' at descriptor 1 is what `env NODE_CHANNEL_FD=1` makes of ssh's socket pair
  const child = spawn(command, rest, { env: home.env, stdio: ['ignore', 'ipc', 'pipe'] })
  const kill = atExit(() => void child.kill('SIGKILL'))
  const stderr = collect(child)
  const closed = once(child, 'close')
  const passed = new Promise<Socket | null>((resolve) => {
    child.on('message', (_, handle) => handle instanceof Socket && resolve(handle.pause()))
    child.on('close', () => resolve(null))
  })
  const end = Promise.all([passed, closed]).then(([socket, [status, signal]]) => {
    kill()
    return { socket, status, signal, stderr: stderr() }
  })
  return { pid: child.pid ?? 0, end }
}

/** The same to its end. Rejects when it ends without passing a socket. */
export async function receiveSocket(
  home: Home,
  args: readonly string[],
  inside: readonly string[] = [],
): Promise<Passed> {
  const { socket, status, stderr } = await startPassing(home, args, inside).end
  if (socket === null) throw new Error(`no socket was passed: ${stderr}`)
  return { socket, status, stderr }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}
