/** What byway holds in memory while it relays: idle, with a reader that stalls, and under load. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EXECUTABLE } from '../test/helpers/byway.ts'
import { makeFolder } from '../test/helpers/cleanup.ts'
import { listen } from '../test/helpers/listen.ts'
import type { Row } from './harness.ts'
import { BANNER, bywayLines, findRuntime, homeFor } from './peers.ts'
import { memoryOf } from './proc.ts'

const CHUNK = Buffer.alloc(256 * 1024)

export const memory: Row = {
  name: 'memory',
  target: 'under 60 MB and flat, also under load with a stalled reader',
  measure: async ({ bytes }) => {
    const peer = await listen((socket) => {
      socket
        .on('error', () => {})
        .resume()
        .write(BANNER)
      const fill = () => {
        while (!socket.destroyed && socket.write(CHUNK));
      }
      socket.on('drain', fill)
      fill()
    })
    const { env } = homeFor(peer)
    const lines = ['| | idle | reader stalled | under load, highest |', '| --- | --- | --- | --- |']
    // as it is installed: of a file that was just built, the kernel maps larger pieces
    const installed = join(makeFolder(), 'byway')
    copyFileSync(EXECUTABLE.file, installed)
    for (const { name, argv } of bywayLines(await findRuntime(), installed)) {
      // compiling the inventory is no part of it
      await watch(argv, env, 1)
      lines.push(`| ${name} | ${(await watch(argv, env, bytes)).join(' | ')} |`)
    }
    peer.stop()
    return [...lines, '', 'MiB resident; in brackets without what files back.']
  },
}

async function watch(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  bytes: number,
): Promise<string[]> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const pid = child.pid ?? 0
  child.stdout.pause()
  await once(child.stdout, 'readable')
  const idle = memoryOf(pid)
  await delay(1000)
  const stalled = memoryOf(pid)
  const highest = { all: 0, own: 0 }
  let left = bytes
  for await (const chunk of child.stdout) {
    left -= chunk.length
    if (left % 50 === 0 || left <= 0) note(highest, memoryOf(pid))
    if (left <= 0) break
  }
  child.kill()
  return [idle, stalled, highest].map(({ all, own }) => `${all.toFixed(0)} (${own.toFixed(0)})`)
}

function note(highest: { all: number; own: number }, now: { all: number; own: number }): void {
  highest.all = Math.max(highest.all, now.all)
  highest.own = Math.max(highest.own, now.own)
}
