import type { Readable, Writable } from 'node:stream'
import type { Random } from './random.ts'

/** All that a stream gives until it ends, read as soon as it is there. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of chunksOf(stream)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Reads so many bytes, and leaves the rest. Rejects when the stream ends before. */
export function readExactly(stream: Readable, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const bytes: Buffer | null = stream.read(count)
      if (bytes?.length !== count) return
      stream.off('readable', look).off('end', fail)
      resolve(bytes)
    }
    const fail = () => reject(new Error(`ended before ${count} bytes`))
    stream.on('readable', look).on('end', fail)
    look()
  })
}

/** All that a stream gives until it ends, read by somebody who takes little and takes breaks. */
export async function sip(stream: Readable, random: Random): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of chunksOf(stream)) {
    chunks.push(chunk)
    if (random.percent(50)) await breathe(random.between(0, 2))
  }
  return Buffer.concat(chunks)
}

/** Writes the bytes in pieces by chance, waiting where the stream asks for it; does not end it. */
export async function dribble(stream: Writable, bytes: Buffer, random: Random): Promise<void> {
  for (const piece of random.chop(bytes, 60_000)) {
    await new Promise<void>((resolve, reject) => {
      stream.write(piece, (error) => (error ? reject(error) : resolve()))
    })
    if (random.percent(10)) await breathe(1)
  }
}

/** Reading to the end must not close the other direction of a socket. */
function chunksOf(stream: Readable): AsyncIterable<Buffer> {
  return stream.iterator({ destroyOnReturn: false })
}

function breathe(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
