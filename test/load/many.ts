import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../helpers/byway.ts'
import { type ProcessEntry, residentMemory } from '../helpers/proc.ts'
import type { Running } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import type { Traveller } from '../helpers/ways.ts'

/** How many sessions are on their way at once; each start costs a key exchange on both sides. */
const STARTING = 8
/** Milliseconds for a session to be there, on a computer that has more to do. */
const PATIENCE = 600_000

/** A session that is open: what is typed comes back. */
export interface OpenSession {
  readonly running: Running
  /** Sends a line, and resolves when it has come back. */
  say(line: string): Promise<void>
  /** Ends it; the exit status of ssh. */
  end(): Promise<number | null>
}

/** Opens so many sessions, and holds them all open. Rejects when one fails. */
export async function openSessions(
  traveller: Pick<Traveller, 'ssh'>,
  count: number,
): Promise<OpenSession[]> {
  const sessions: OpenSession[] = []
  await inTurns(count, STARTING, async () => {
    sessions.push(await openSession(traveller))
  })
  return sessions
}

/** Does it so many times, so many beside each other. */
export async function inTurns(
  times: number,
  beside: number,
  perform: (turn: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let turn = next++; turn < times; turn = next++) await perform(turn)
  }
  await Promise.all(Array.from({ length: Math.min(times, beside) }, worker))
}

/** Kibibytes: the mean and the most that these processes hold now. */
export function memoryOf(processes: readonly ProcessEntry[]): { mean: number; most: number } {
  const each = processes.map(({ pid }) => residentMemory(pid)).filter((size) => size > 0)
  if (each.length === 0) return { mean: 0, most: 0 }
  const sum = each.reduce((all, size) => all + size, 0)
  return { mean: Math.round(sum / each.length), most: Math.max(...each) }
}

/** Kibibytes that belong to each of these alone, as a mean (proc(5), smaps_rollup). */
export function ownMemoryOf(processes: readonly ProcessEntry[]): number {
  const each = processes.map(({ pid }) => {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0)
  })
  return Math.round(each.reduce((all, size) => all + size, 0) / Math.max(each.length, 1))
}

/** The paths of all that a home's byways keep outside of its cache: sockets, locks, leases. */
export function leftBehind({ folder }: Home): string[] {
  return ['run', 'tmp'].flatMap((name) => {
    const below = join(folder, name)
    return readdirSync(below, { recursive: true, encoding: 'utf8' }).map((path) => join(name, path))
  })
}

/** The descriptors of a process. */
export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

async function openSession({ ssh }: Pick<Traveller, 'ssh'>): Promise<OpenSession> {
  const running = ssh.start([MACHINE, 'echo in; exec cat'], { limit: PATIENCE })
  await running.says('in\n')
  return {
    running,
    say: async (line) => {
      running.child.stdin.write(`${line}\n`)
      await running.says(`${line}\n`)
    },
    end: async () => {
      running.child.stdin.end()
      return (await running.result).status
    },
  }
}
