import { readdirSync, readFileSync } from 'node:fs'

/** The processes that descend from this one, as proc(5) tells; empty where there is no /proc. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

/**
 * True while anybody lives in the process group: those that nobody has waited for yet do not
 * count, as who inherits them (init, in a container) may take its time.
 */
export function isPeopled(group: number): boolean {
  try {
    process.kill(-group, 0)
  } catch {
    return false
  }
  const processes = list('/proc').filter((name) => /^\d+$/.test(name))
  return processes.length === 0 || processes.some((name) => livesIn(name, group))
}

/** `/proc/<pid>/stat`: behind the name in parentheses state, parent and group. */
function livesIn(pid: string, group: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  const [state = 'X', , own] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(own) === group && !'ZX'.includes(state)
}

/** `/proc/<pid>/task/<tid>/children`: each thread knows the children that it made. */
function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`)
    .flatMap((tid) => read(`/proc/${pid}/task/${tid}/children`).split(' '))
    .filter((word) => word !== '')
    .map(Number)
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
