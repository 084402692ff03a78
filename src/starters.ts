import { readFileSync } from 'node:fs'

/** Programs that say who started something. */
const MOST = 3

/**
 * The names of a process and of those that started it, the nearest first, as proc(5) has them: at
 * most three. Empty where there is no /proc.
 */
export function namesAbove(pid: number): string[] {
  const names: string[] = []
  for (let next = pid; next > 1 && names.length < MOST; ) {
    const stat = readStat(next)
    const end = stat.lastIndexOf(')')
    if (end < 0) break
    names.push(stat.slice(stat.indexOf('(') + 1, end))
    next = Number(stat.slice(end + 2).split(' ')[1])
  }
  return names
}

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
