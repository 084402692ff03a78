import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** `R`, `S`, `Z` … */
  readonly state: string
  /** the arguments, joined by spaces */
  readonly command: string
}

/** Every process that can be looked at, zombies left out. */
export function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry) => entry !== null && entry.state !== 'Z') as ProcessEntry[]
}

/** True while a process with this id is there and is no zombie. */
export function isAlive(pid: number): boolean {
  const entry = readProcess(pid)
  return entry !== null && entry.state !== 'Z'
}

/** The processes in whose environment at start this assignment (`NAME=value`) stood. */
export function findByEnvironment(assignment: string): ProcessEntry[] {
  return listProcesses().filter(({ pid }) => {
    return readProc(pid, 'environ')?.split('\0').includes(assignment) ?? false
  })
}

/** Kibibytes of physical memory that a process holds now; 0 when it is gone. */
export function residentMemory(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '')
  return Number(line?.[1] ?? 0)
}

/** What a process has open: paths of files, and what the kernel calls all else (proc_pid_fd(5)). */
export function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

/** Sends SIGKILL to a process and all that descend from it. */
export function killTree(pid: number): void {
  const all = listProcesses()
  const doomed = [pid]
  for (const parent of doomed) {
    doomed.push(...all.filter((entry) => entry.parent === parent).map((entry) => entry.pid))
  }
  for (const each of doomed) kill(each)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself meanwhile
  }
}

function readProcess(pid: number): ProcessEntry | null {
  const stat = readProc(pid, 'stat')
  const command = readProc(pid, 'cmdline')
  if (stat === null || command === null) return null
  // the name in parentheses may hold anything, a parenthesis too
  const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { pid, parent: Number(parent), state, command: command.replaceAll('\0', ' ').trimEnd() }
}

/** A file below /proc of a process; null when it is gone, or not for us to read. */
export function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return null
  }
}
