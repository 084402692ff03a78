import type { Socket } from 'node:net'

/** Characters of one message at most: what speaks more is none of ours. */
const LONGEST = 64 * 1024

/** Calls `take` for each line of JSON that comes in; ends a connection that sends anything else. */
export function readJsonLines(socket: Socket, take: (message: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST) socket.destroy()
    for (const line of lines) {
      try {
        take(JSON.parse(line))
      } catch {
        socket.destroy()
        return
      }
    }
  })
}

/** Sends one message as a line of JSON. */
export function sendJsonLine(socket: Socket, message: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}
