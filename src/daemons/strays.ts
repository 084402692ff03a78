import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds between two looks whether a stray has ended. */
const LOOK_EVERY = 50

/**
 * Ends what an earlier keeper, killed, left running: this user's processes that were started with
 * `-f` and a file of a run below `folder`. Resolves when they are gone. Where there is no /proc
 * they end by themselves (tor: within 15 s).
 */
export async function endStrays(folder: string): Promise<void> {
  for (;;) {
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
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.some((word, i) => word === '-f' && words[i + 1]?.startsWith(`${folder}/run.`))
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended meanwhile, or is another user's
  }
}
