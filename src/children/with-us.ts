import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
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

/**
 * Starts a program that ends, with all that it started, when byway does: by itself, or by a signal,
 * which then ends byway as it ends any program (128 + n for the shell). No signal can come between.
 */
export function spawnWithUs(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  watch()
  const child = spawn(program, args, options)
  children.add(child)
  child.once('close', () => isThere(child) || children.delete(child))
  return child
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

function watch(): void {
  if (watching) return
  watching = true
  process.once('exit', killAll)
  for (const signal of ENDING) process.on(signal, leaveBy)
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
