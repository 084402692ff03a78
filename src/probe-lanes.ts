import type { Network } from './core/types.ts'

/** Dials at the same time, of all networks together. */
const MOST = 64
/** Dials at the same time through one proxy, jump host or program. */
const MOST_BY_DOOR = 8
/** Technologies by which all machines of a network are reached through one door. */
const DOORS = new Set(['socks', 'http', 'jump', 'command', 'tor', 'iroh'])

/** One look at one route. */
export interface Job {
  readonly network: Network
  readonly technology: string
  run(): Promise<void>
}

/**
 * Runs the jobs, in their order, many at a time: each network as many as its door bears, so that
 * an sshd does not drop whom it takes for an attacker (sshd_config(5), MaxStartups). Throws what a
 * job threw, and the signal's reason.
 */
export function runLanes(jobs: readonly Job[], signal: AbortSignal): Promise<void> {
  let abort = () => {}
  const done = new Promise<void>((resolve, reject) => {
    const lanes = new Map<Network, Lane>()
    for (const [order, job] of jobs.entries()) {
      const lane = lanes.get(job.network) ?? { running: 0, next: 0, waiting: [] }
      lanes.set(job.network, lane)
      lane.waiting.push({ order, job })
    }
    let running = 0
    const fill = () => {
      if (signal.aborted) return reject(signal.reason)
      for (let next = nextOf(lanes); next !== null && running < MOST; next = nextOf(lanes)) {
        const { lane, job } = next
        lane.next += 1
        lane.running += 1
        running += 1
        job.run().then(() => {
          lane.running -= 1
          running -= 1
          fill()
        }, reject)
      }
      if (running === 0) resolve()
    }
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    fill()
  })
  // the signal may be that of many rounds
  return done.finally(() => signal.removeEventListener('abort', abort))
}

interface Lane {
  running: number
  /** index of the next one in `waiting` */
  next: number
  readonly waiting: { readonly order: number; readonly job: Job }[]
}

/** The first job whose lane has room; null: all that wait have to. */
function nextOf(lanes: ReadonlyMap<Network, Lane>): { lane: Lane; job: Job } | null {
  let best: { lane: Lane; order: number; job: Job } | null = null
  for (const lane of lanes.values()) {
    const first = lane.waiting[lane.next]
    if (first === undefined || (best !== null && first.order > best.order)) continue
    const most = DOORS.has(first.job.technology) ? MOST_BY_DOOR : MOST
    if (lane.running < most) best = { lane, ...first }
  }
  return best
}
