import { noteThrown } from './thrown.ts'

/** Minutes that all suites of faults together may take, about. */
const MINUTES = Number(process.env['BYWAY_TEST_MINUTES'] ?? 5)

/** How many times as long as in CI the suites may take: 1 there, more by hand. */
export const PATIENCE = Math.max(1, MINUTES / 5)

/** So many rounds in CI, more where there is more time. */
export function rounds(inCi: number): number {
  return Math.round(inCi * PATIENCE)
}

/** Does the work for each of the list, so many at a time; rejects with the first that fails. */
export async function inParallel<T>(
  list: readonly T[],
  beside: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  // one iterator for all of them: each takes what nobody has taken
  const rest = list.values()
  const worker = async () => {
    for (const one of rest) await work(one)
  }
  await Promise.all(Array.from({ length: beside }, worker))
}

/** Notes what was done to the wire, for the table of what was thrown at byway. */
export function noteWire(what: string, times: number, outcome: string): void {
  noteThrown({ suite: 'faults on the wire', what, times, outcome })
}

/** Notes what was done to the computer. */
export function noteComputer(what: string, times: number, outcome: string): void {
  noteThrown({ suite: 'faults in the computer', what, times, outcome })
}
