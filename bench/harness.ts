/**
 * What the rows of the bench have in common: contenders take turns, so that whatever else the computer does meets
 * all of them, and of each the median and the quartiles are told, and its ratio to the first.
 */
import { cpus, release } from 'node:os'
import { mustRun } from '../test/helpers/program.ts'

/** How much is measured. */
export interface Size {
  /** turns of each contender */
  readonly runs: number
  /** bytes of a bulk transfer */
  readonly bytes: number
  /** logins, and how many at once */
  readonly logins: number
  readonly beside: number
  /** machines of the largest inventory */
  readonly machines: number
}

/** As the issue has it, to look at in some minutes, and only to see that all of it works. */
export const FULL: Size = { runs: 9, bytes: 2 ** 30, logins: 200, beside: 20, machines: 100_000 }
export const QUICK: Size = { runs: 5, bytes: 2 ** 27, logins: 40, beside: 20, machines: 10_000 }
export const SMALL: Size = { runs: 1, bytes: 2 ** 20, logins: 4, beside: 2, machines: 1000 }

/** One who is measured: gives a number for each of the measures, the same at every turn. */
export interface Contender {
  readonly name: string
  turn(): Promise<readonly number[]>
}

/** One row of the table. */
export interface Row {
  /** as it is named on the command line */
  readonly name: string
  /** what must be reached */
  readonly target: string
  /** Lines of Markdown. */
  measure(size: Size): Promise<string[]>
}

/**
 * Has the contenders take turns; a Markdown table with the measures of each. Their first turns do not
 * count: caches are made in them.
 */
export async function compare(
  measures: readonly string[],
  contenders: readonly Contender[],
  runs: number,
): Promise<string[]> {
  const taken = contenders.map(() => measures.map((): number[] => []))
  for (const { turn } of contenders) await turn()
  for (let i = 0; i < runs; i++) {
    for (const [c, contender] of contenders.entries()) {
      const values = await contender.turn()
      for (const [m, value] of values.entries()) taken[c]?.[m]?.push(value)
    }
  }
  const lines = contenders.map(({ name }, c) => {
    const cells = measures.map((_, m) => describe(taken[c]?.[m] ?? [], taken[0]?.[m] ?? []))
    return `| ${[name, ...cells].join(' | ')} |`
  })
  const rule = ['', ...measures].map(() => '---')
  return [`| | ${measures.join(' | ')} |`, `| ${rule.join(' | ')} |`, ...lines]
}

/** The middle of some numbers; of two middles, what is between them. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which this part of them is, between two of them by proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const [low = 0, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (high - low) * (at - Math.floor(at))
}

/** What one run of a program took, its children that it waited for with it, in milliseconds. */
export async function timeOf(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ wall: number; cpu: number }> {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@"'
  const { stderr } = await mustRun(['bash', '-c', script, 'bash', ...argv], { env })
  return readTimes(stderr)
}

/** What bash's `time` says in TIMEFORMAT="%R %U %S". */
export function readTimes(stderr: string): { wall: number; cpu: number } {
  const [real = 0, user = 0, system = 0] = (stderr.trimEnd().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number)
  return { wall: 1000 * real, cpu: 1000 * (user + system) }
}

/** The computer, for the results. */
export function describeComputer(): string[] {
  const [cpu] = cpus()
  const load = process.platform === 'linux' ? `, kernel ${release()}` : ''
  return [
    `${cpus().length} × ${cpu?.model.trim()}${load}, Node ${process.version} beside byway's own.`,
  ]
}

/** The median, the quartiles, and the ratio of the medians to those of the first. */
function describe(values: readonly number[], first: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part))
  const ratio = values === first ? '' : `, × ${(Number(middle) / median(first)).toFixed(2)}`
  return `${show(middle)} (${show(low)}–${show(high)})${ratio}`
}

function show(value = 0): string {
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, value)))))
}
