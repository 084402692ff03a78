import type { ChildProcess } from 'node:child_process'
import { endFamily, killFamily } from './family.ts'

/** Signals that end byway, and what it started with it. */
const ENDING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
/** Milliseconds that children get to end by themselves when a signal ends byway. */
const PARTING = 300

const children = new Set<ChildProcess>()
let watching = false

/**
 * Sees to it that a child ends when byway does: by itself, or by a signal, which then ends byway
 * as it ends any program (128 + n for the shell). Nothing is left to do when the child has ended.
 */
export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('close', () => children.delete(child))
  if (watching) return
  watching = true
  process.once('exit', killAll)
  for (const signal of ENDING) process.once(signal, () => void leaveBy(signal))
}

async function leaveBy(signal: NodeJS.Signals): Promise<void> {
  const ends = [...children].map((child) => {
    const end = new Promise((resolve) => child.once('close', resolve))
    endFamily(child)
    return end
  })
  const late = new Promise((resolve) => setTimeout(resolve, PARTING))
  await Promise.race([Promise.all(ends), late])
  killAll()
  process.kill(process.pid, signal)
}

function killAll(): void {
  for (const child of children) killFamily(child)
}
