import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import { systemClock } from '../core/clock.ts'
import { flowByReading } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import { PulledSocket } from '../core/pulled-socket.ts'
import { writeAll } from '../core/write-all.ts'
import type { Stdio } from './relay.ts'

const STDIN = 0
const STDOUT = 1

/** The program that started byway, before anything took time in which it could end. */
const PARENT = process.ppid
/** Milliseconds without a byte for a reader after which, its own side ended, it is taken for gone. */
const IDLE = 500
/** Bytes that are read ahead at most: more than what lies in a pipe or a socket whose writer is gone. */
const AHEAD = 2 * 1024 * 1024

/**
 * stdin and stdout for a relay. Pipes and sockets are opened as non-blocking streams of our own
 * (Node's own stdout blocks the event loop on a pipe); terminals and files are left to Node.
 */
export function openStandardStreams(): Stdio {
  return { ...openReader(), write: openWriter(), orphaned: () => process.ppid !== PARENT }
}

/**
 * The same for a relay whose parent has passed the other end on to ssh, which does not end its side
 * of a connection by itself: that side's end, and silence, mean that it is gone.
 */
export function openPassedStreams(): Stdio {
  const { flow, write, readAhead } = openStandardStreams()
  let last = systemClock.now()
  const note = () => {
    last = systemClock.now()
  }
  return {
    readAhead,
    flow: (take) => {
      return flow((bytes) => {
        note()
        return take(bytes)
      })
    },
    write: (bytes) => {
      note()
      return write(bytes)?.then(note) ?? null
    },
    orphaned: () => systemClock.now() - last > IDLE,
  }
}

function openReader(): Pick<Stdio, 'flow' | 'readAhead'> {
  if (isStream(STDIN)) {
    const stdin = new PulledSocket('stdin', (onread) => {
      return new Socket({ fd: STDIN, writable: false, allowHalfOpen: true, onread })
    })
    return { flow: (take) => stdin.flow(take), readAhead: () => stdin.readAhead(AHEAD) }
  }
  const chunks = process.stdin[Symbol.asyncIterator]()
  const read = async () => {
    const { value, done } = await chunks.next()
    return done === true ? null : value
  }
  return { flow: (take) => flowByReading(read, take), readAhead: () => new Promise(() => {}) }
}

function openWriter(): Stdio['write'] {
  const stdout = isStream(STDOUT) ? openStdout() : process.stdout
  let failure: BywayError | null = null
  stdout.on('error', (cause) => {
    failure ??= brokenOutput(cause)
  })
  return (bytes) => {
    if (failure !== null) return Promise.reject(failure)
    return writeAll(stdout, bytes, brokenOutput)
  }
}

/** Throws USAGE when Node has it already, as the channel that `NODE_CHANNEL_FD=1` asks for. */
function openStdout(): Socket {
  try {
    return new Socket({ fd: STDOUT, readable: false, allowHalfOpen: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    const hint = 'write "byway connect --fdpass", or leave NODE_CHANNEL_FD and ProxyUseFdpass away'
    throw new BywayError('USAGE', 'stdout is a channel for descriptors: --fdpass is missing', {
      cause,
      hint,
    })
  }
}

function isStream(fd: number): boolean {
  const stat = fstatSync(fd)
  return stat.isFIFO() || stat.isSocket()
}

function brokenOutput(cause: Error): BywayError {
  const { code } = cause as NodeJS.ErrnoException
  const reason = code === 'EPIPE' ? 'nobody reads it any more' : cause.message
  return new BywayError('IOERR', `write to stdout: ${reason}`, { cause })
}
