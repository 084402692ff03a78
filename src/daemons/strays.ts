import { readdirSync, readFileSync, statSync } from 'node:fs'
import { RUN_MARK } from '../children/environment.ts'
import { systemClock } from '../core/clock.ts'

/** Milliseconds between two looks whether a stray has ended. */
const LOOK_EVERY = 50
/** Milliseconds after which one that cannot be killed is left alone. */
const LIMIT = 5000

/**
 * Ends what an earlier keeper, killed, left running: this user's processes that have the mark of a
 * run below `folder` in their environment. Resolves when they are gone. Where there is no /proc
 * they end by themselves (tor: within 15 s), or not at all.
 */
export async function endStrays(folder: string): Promise<void> {
  const end = systemClock.now() + LIMIT
  while (systemClock.now() < end) {
    const strays = findStrays(folder)
    if (strays.length === 0) return
    for (const pid of strays) kill(pid)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }
}

function findStrays(folder: string): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => isStray(pid, folder))
      .map(Number)
  } catch {
    return []
  }
}

function isStray(pid: string, folder: string): boolean {
  try {
    // anybody may name a folder of ours in an environment
    if (statSync(`/proc/${pid}`).uid !== process.geteuid?.()) return false
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return variables.some((variable) => variable.startsWith(`${RUN_MARK}=${folder}/run.`))
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended meanwhile
  }
}
