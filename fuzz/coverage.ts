import { Session } from 'node:inspector/promises'

/** Which blocks of the fuzzed code ran, as V8 counts them. */
export class Coverage {
  readonly #session = new Session()
  readonly #script: string
  readonly #seen = new Set<string>()

  /** `script`: the end of the URL of the one script that counts. */
  constructor(script: string) {
    this.#script = script
  }

  /** How many features were seen so far: a block, and about how often it ran in one input. */
  get features(): number {
    return this.#seen.size
  }

  /** Begins to count; the script is to be loaded after this. */
  async start(): Promise<void> {
    this.#session.connect()
    await this.#session.post('Profiler.enable')
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** The features that ran since the last call and are not known yet. */
  async take(): Promise<readonly string[]> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage')
    const scripts = result.filter(({ url }) => url.endsWith(this.#script))
    const ranges = scripts.flatMap(({ functions }) => functions).flatMap((one) => one.ranges)
    return ranges
      .filter(({ count }) => count > 0)
      .map(({ startOffset, endOffset, count }) => {
        return `${startOffset} ${endOffset} ${Math.floor(Math.log2(count))}`
      })
      .filter((feature) => !this.#seen.has(feature))
  }

  /** From now on these are known. */
  learn(features: readonly string[]): void {
    for (const feature of features) this.#seen.add(feature)
  }
}
