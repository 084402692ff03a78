import { appendFileSync } from 'node:fs'

/** What was thrown at byway, and what came of it: one line of the table in `docs/reliability.md`. */
export interface Thrown {
  /** `faults on the wire` */
  readonly suite: string
  /** `SOCKS5 reply closed at every offset` */
  readonly what: string
  readonly times: number
  /** `next route or exit 69, none hung` */
  readonly outcome: string
}

/** Adds a line of JSON to the file that `BYWAY_TEST_REPORT` names; does nothing where it is not set. */
export function noteThrown({ suite, what, times, outcome }: Thrown): void {
  const file = process.env['BYWAY_TEST_REPORT']
  if (file) appendFileSync(file, `${JSON.stringify({ suite, what, times, outcome })}\n`)
}
