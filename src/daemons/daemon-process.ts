import { type ChildProcess, spawn } from 'node:child_process'
import { RUN_MARK } from '../children/environment.ts'
import { endFamily } from '../children/family.ts'
import { BywayError } from '../core/errors.ts'
import { endOf } from './daemon-end.ts'
import { findProgram } from './find-program.ts'

/** Lines of a daemon's own words that are kept for an error. */
const KEPT_LINES = 20

/** How a daemon's process is started. */
export interface ProcessOptions {
  /** the daemon's name, for messages */
  readonly name: string
  /** the folder of its run */
  readonly folder: string
  /** variables added to its environment */
  readonly env: Readonly<Record<string, string>>
  /** all of its stdin; null: it has none */
  readonly input: string | null
}

/** A keeper's child, its output read line by line. */
export class DaemonProcess {
  readonly pid: number
  /** resolves when it has ended, with how: `status 1`, `SIGKILL` */
  readonly how: Promise<string>
  /** the same as an error, with what it said last */
  readonly ended: Promise<BywayError>
  readonly #child: ChildProcess
  readonly #name: string
  readonly #words: string[] = []
  readonly #listeners = new Set<(line: string) => void>()

  private constructor(child: ChildProcess, name: string) {
    this.pid = child.pid as number
    this.#child = child
    this.#name = name
    this.how = endOf(child)
    this.ended = this.how.then((how) => this.#explain(how))
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream as NodeJS.ReadableStream, (line) => this.#hear(line))
    }
  }

  /**
   * Starts it; where Linux can, it is killed when its keeper is gone. Descriptor 3 is a pipe.
   * Throws UNAVAILABLE when there is no such program.
   */
  static async start(
    words: readonly string[],
    { name, folder, env, input }: ProcessOptions,
  ): Promise<DaemonProcess> {
    const [program = '', ...args] = endWithKeeper(words)
    if (findProgram(words[0] ?? '', process.env['PATH']) === null) throw missing(words[0] ?? '')
    const child = spawn(program, args, {
      stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: { ...process.env, ...env, [RUN_MARK]: folder },
    })
    await spawned(child, program)
    child.stdin?.on('error', () => {}).end(input)
    return new DaemonProcess(child, name)
  }

  /** Calls `listen` with each line of its output, from now on. */
  onLine(listen: (line: string) => void): void {
    this.#listeners.add(listen)
  }

  /** Calls `listen` with each line that it writes to descriptor 3. */
  onNote(listen: (line: string) => void): void {
    readLines(this.#child.stdio[3] as unknown as NodeJS.ReadableStream, listen)
  }

  /** Ends it with all that it started, as far as that can be told; resolves when it has ended. */
  async stop(): Promise<void> {
    endFamily(this.#child)
    await this.ended
  }

  #hear(line: string): void {
    this.#words.push(line)
    this.#words.splice(0, this.#words.length - KEPT_LINES)
    for (const listen of this.#listeners) listen(line)
  }

  #explain(how: string): BywayError {
    const said = this.#words.slice(-3).join('; ')
    return new BywayError('UNAVAILABLE', `${this.#name} ended (${how})${said && `: ${said}`}`)
  }
}

/** PR_SET_PDEATHSIG (prctl(2)), by the program of util-linux, where it is there. */
function endWithKeeper(words: readonly string[]): readonly string[] {
  const there = process.platform === 'linux' && findProgram('setpriv', process.env['PATH'])
  return there ? ['setpriv', '--pdeathsig', 'KILL', '--', ...words] : words
}

function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('error', () => {})
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()?.slice(-1000) ?? ''
    for (const line of lines) if (line !== '') take(line.slice(0, 1000))
  })
}

function spawned(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', ({ message }) => {
      reject(new BywayError('UNAVAILABLE', `start "${program}": ${message}`))
    })
  })
}

function missing(program: string): BywayError {
  return new BywayError('UNAVAILABLE', `start "${program}": no such program`)
}
