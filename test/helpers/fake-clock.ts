import type { Clock } from '../../src/core/run-race.ts'

interface Alarm {
  readonly time: number
  readonly callback: () => void
}

/** A clock that stands until the test turns it. */
export class FakeClock implements Clock {
  #now: number
  readonly #alarms = new Set<Alarm>()

  constructor(now = 0) {
    this.#now = now
  }

  /** How many calls are asked for and neither made nor taken back. */
  get alarms(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#now
  }

  at(time: number, callback: () => void): () => void {
    const alarm = { time, callback }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Goes to this time, by way of every alarm until then, and lets promises settle after each. */
  async turnTo(time: number): Promise<void> {
    await settled()
    for (let next = this.#first(time); next !== undefined; next = this.#first(time)) {
      this.#now = Math.max(this.#now, next.time)
      this.#alarms.delete(next)
      next.callback()
      await settled()
    }
    this.#now = time
  }

  #first(until: number): Alarm | undefined {
    const due = [...this.#alarms].filter((alarm) => alarm.time <= until)
    return due.sort((a, b) => a.time - b.time)[0]
  }
}

/** Resolves when all that promises can do without news from outside is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
