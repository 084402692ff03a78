import type { ChildProcess } from 'node:child_process'
import { endFamily, isThere, killFamily } from './family.ts'

/** Signals that end byway, and what it started with it. */
const ENDING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
/** Milliseconds that children get to end by themselves when byway ends. */
const PARTING = 300
/** Milliseconds between two looks for what a child that has ended left in its group. */
const LOOK = 10

const children = new Set<ChildProcess>()
let watching = false

/**
 * Sees to it that a child and all that it started end when byway does: by itself, or by a signal,
 * which then ends byway as it ends any program (128 + n for the shell). The function that it
 * returns lets the child go, to live on without us.
 */
export function endWithUs(child: ChildProcess): () => void {
  children.add(child)
  child.once('close', () => isThere(child) || children.delete(child))
  watch()
  return () => children.delete(child)
}

/** Ends the children that are left; resolves when they are gone, none of them later than 300 ms. */
export async function endChildren(): Promise<void> {
  for (const child of children) endFamily(child)
  const end = performance.now() + PARTING
  while (isAnyThere() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  killAll()
}

function watch(): void {
  if (watching) return
  watching = true
  process.once('exit', killAll)
  for (const signal of ENDING) process.once(signal, () => void leaveBy(signal))
}

/** Another signal meanwhile does not end us before them. */
async function leaveBy(signal: NodeJS.Signals): Promise<void> {
  const wait = () => {}
  for (const other of ENDING) process.on(other, wait)
  await endChildren()
  for (const other of ENDING) process.off(other, wait)
  process.kill(process.pid, signal)
}

function isAnyThere(): boolean {
  return [...children].some(isThere)
}

function killAll(): void {
  for (const child of children) killFamily(child)
}
