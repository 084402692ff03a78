import type { ChildProcess } from 'node:child_process'
import { systemClock } from '../core/clock.ts'
import { endFamily, isThere, killFamily } from './family.ts'

/** Signals that end byway, and what it started with it. */
const ENDING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
/** Milliseconds that children get to end by themselves when byway ends. */
const PARTING = 300
/** Milliseconds between two looks for what a child that has ended left in its group. */
const LOOK = 10

const children = new Set<ChildProcess>()
let watching = false
/** the signal that ends us */
let leaving: Promise<never> | null = null

/** From now on no signal ends us before what is adopted has ended. */
export function watch(): void {
  if (watching) return
  watching = true
  process.once('exit', killAll)
  for (const signal of ENDING) process.on(signal, leaveBy)
}

/** All that was started has ended, and signals are somebody else's to answer from now on. */
export function unwatch(): void {
  watching = false
  process.off('exit', killAll)
  for (const signal of ENDING) process.off(signal, leaveBy)
}

/** The child, and what it starts, ends when byway does. */
export function adopt(child: ChildProcess): void {
  children.add(child)
  child.once('close', () => isThere(child) || children.delete(child))
}

/** Lets a child live on without us. */
export function letGo(child: ChildProcess): void {
  children.delete(child)
}

/** True while byway ends by a signal: what becomes of its children means nothing any more. */
export function isLeaving(): boolean {
  return leaving !== null
}

/**
 * Ends the children that are left; resolves when they are gone, none of them later than 300 ms.
 * Never resolves while byway ends by a signal, which is to be what ends it.
 */
export async function endChildren(): Promise<void> {
  await leaving
  await endAll()
}

async function endAll(): Promise<void> {
  for (const child of children) endFamily(child)
  const end = systemClock.now() + PARTING
  while (isAnyThere() && systemClock.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  killAll()
}

/** Another signal meanwhile does not end us before them. */
function leaveBy(signal: NodeJS.Signals): void {
  leaving ??= endAll().then(() => {
    for (const other of ENDING) process.off(other, leaveBy)
    process.kill(process.pid, signal)
    return new Promise(() => {})
  })
}

function isAnyThere(): boolean {
  return [...children].some(isThere)
}

function killAll(): void {
  for (const child of children) killFamily(child)
}
