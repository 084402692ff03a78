import type { ChildProcess } from 'node:child_process'
import { descendantsOf, isPeopled } from './processes.ts'

/** ms that a program has to end by itself */
const GRACE = 1000

/**
 * Ends a child and all that it started: its process group where it leads one, and its descendants
 * as /proc tells them, as some are in groups of their own (another byway's, under ssh). Returns at
 * once; never throws, may be called again, and after the end.
 */
export function endFamily(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  const family = membersOf(child, pid)
  // A program that waits for the terminal in the background is stopped: it must go on to end.
  for (const signal of ['SIGTERM', 'SIGCONT'] as const) send(family, signal)
  if (family.length === 0) return
  const timer = setTimeout(() => killFamily(child), GRACE)
  timer.unref()
  child.once('close', () => isThere(child) || clearTimeout(timer))
}

/** Kills a child and all that it started, at once. Never throws. */
export function killFamily(child: ChildProcess): void {
  if (child.pid !== undefined) send(membersOf(child, child.pid), 'SIGKILL')
}

/** True while the child runs, or anything is left in the group that it led. */
export function isThere(child: ChildProcess): boolean {
  const { pid } = child
  return pid !== undefined && (!hasEnded(child) || isPeopled(pid))
}

/** A group outlives its leader; a mere child that has ended leaves nothing to find. */
function membersOf(child: ChildProcess, pid: number): readonly number[] {
  const group = leadsGroup(pid) ? [-pid] : []
  return hasEnded(child) ? group : [...group, pid, ...descendantsOf(pid)]
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function leadsGroup(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

function send(family: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of family) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
}
