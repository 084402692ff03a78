/** What /proc says of a program that runs (proc(5)); Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of CPU that all threads of a process have had. */
export function cpuOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const times = tasks.map((task) => readOr(`/proc/${pid}/task/${task}/schedstat`))
  return times.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0)
}

/** MiB of a process that are in memory: all, and without what files back. */
export function memoryOf(pid: number): { all: number; own: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1')
  const read = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024
  return { all: read('VmRSS'), own: read('RssAnon') }
}

/** Empty for a thread that has ended. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
