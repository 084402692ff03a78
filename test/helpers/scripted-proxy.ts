import type { Socket } from 'node:net'
import { type Listener, listen } from './listen.ts'

/** One turn of a conversation: the client is heard, then answered. */
export interface Turn {
  /** bytes that have to come before the answer */
  readonly takes: number
  readonly says: Uint8Array
}

/** How the script is played. */
export interface ScriptOptions {
  /** a unix socket's path, instead of a port on loopback */
  readonly path?: string
  /** every byte leaves in a segment of its own */
  readonly dribble?: boolean
  /** what follows the last turn */
  readonly ends?: 'stay' | 'close' | 'reset'
}

/** A server that says exactly what it was told to, to whomever. */
export interface ScriptedProxy extends Listener {
  /** where it listens, as a `SocksProxy` has it */
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string }
  /** all that its clients have said, in order */
  heard(): Buffer
  /** Resolves when the script was played to its end, for the first client that got there. */
  readonly played: Promise<void>
}

/** Starts a server that plays the turns with every client. */
export async function startScript(
  turns: readonly Turn[],
  options: ScriptOptions = {},
): Promise<ScriptedProxy> {
  const heard: Buffer[] = []
  let finish = () => {}
  const played = new Promise<void>((resolve) => {
    finish = resolve
  })
  const { path } = options
  const listener = await listen(
    (socket) => {
      const hear = (bytes: Buffer) => void heard.push(bytes)
      play(socket, { turns, options, hear }).then(finish, () => socket.destroy())
    },
    path === undefined ? { host: '127.0.0.1', port: 0 } : { path },
  )
  const at = path === undefined ? { host: listener.host, port: listener.port } : { path }
  return Object.assign(listener, { at, heard: () => Buffer.concat(heard), played })
}

interface Play {
  readonly turns: readonly Turn[]
  readonly options: ScriptOptions
  hear(bytes: Buffer): void
}

async function play(socket: Socket, { turns, options, hear }: Play): Promise<void> {
  let count = 0
  let wake = () => {}
  socket.on('data', (bytes: Buffer) => {
    hear(bytes)
    count += bytes.length
    wake()
  })
  for (const { takes, says } of turns) {
    while (count < takes) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    count -= takes
    await say(socket, says, options)
  }
  if (options.ends === 'close') socket.end()
  if (options.ends === 'reset') socket.resetAndDestroy()
}

/** Resolves when it is all on its way. */
async function say(socket: Socket, bytes: Uint8Array, { dribble }: ScriptOptions): Promise<void> {
  const longest = dribble === true ? 1 : bytes.length
  for (let i = 0; i < bytes.length; i += longest) {
    await new Promise((resolve) => socket.write(bytes.slice(i, i + longest), resolve))
    // the client has the time to read what it wants of it
    await new Promise((resolve) => setImmediate(resolve))
  }
}
