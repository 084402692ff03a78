import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { atExit, makeFolder } from './cleanup.ts'
import { FOR_LONG, mustRun, type Running, start } from './program.ts'
import { until } from './until.ts'

/** Milliseconds in which a screen has to show what is waited for. */
const PATIENCE = 60_000
/** tmux would live on when this process is killed without a chance to clean up. */
const END_WITH_US = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'TERM', '--'] : []

/** How a terminal is. */
export interface TerminalOptions {
  readonly columns: number
  readonly rows?: number
  /** the whole environment of what runs in it, `TERM` too */
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A real terminal, tmux's, with a shell in it that speaks no word of its own. */
export class Terminal {
  readonly #server: Running
  readonly #socket: string

  private constructor(server: Running, socket: string) {
    this.#server = server
    this.#socket = socket
  }

  /** Opens it; the shell's prompt is `$ `. */
  static async open({ columns, rows = 24, env, cwd = '/' }: TerminalOptions): Promise<Terminal> {
    const socket = join(makeFolder(), 'tmux')
    const words = [...END_WITH_US, 'tmux', '-D', '-f', '/dev/null', '-S', socket]
    const server = start(words, { limit: FOR_LONG, env: { ...process.env, LC_ALL: 'C.UTF-8' } })
    const terminal = new Terminal(server, socket)
    atExit(() => terminal.close())
    const variables = Object.entries({ ...env, PS1: '$ ', ENV: '' })
    const settings = variables.map(([name, value]) => `${name}=${value}`)
    const size = ['-x', String(columns), '-y', String(rows)]
    const command = ['env', '-i', ...settings, '/bin/sh', '-i']
    await until('tmux listens', () => server.child.exitCode !== null || existsSync(socket))
    await terminal.#tmux(['new-session', '-d', '-s', 'test', ...size, '-c', cwd, ...command])
    await terminal.shows(/^\$/m)
    return terminal
  }

  /** Types a line, and Enter. */
  async type(line: string): Promise<void> {
    await this.#tmux(['send-keys', '-t', 'test', '-l', '--', line])
    await this.press('Enter')
  }

  /** Presses keys by tmux's names: `Enter`, `C-c`, `PPage`, `q`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux(['send-keys', '-t', 'test', ...keys])
  }

  /** What is on the screen; with `colours` as escape sequences, too. */
  screen(colours = false): Promise<string> {
    const flags = colours ? ['-p', '-e'] : ['-p']
    return this.#tmux(['capture-pane', ...flags, '-t', 'test'])
  }

  /** The screen once it matches; rejects with it when it does not in a minute. */
  async shows(pattern: RegExp): Promise<string> {
    const end = performance.now() + PATIENCE
    for (;;) {
      const screen = await this.screen()
      if (pattern.test(screen)) return screen
      if (performance.now() > end) throw new Error(`not shown: ${pattern}\n${screen}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Makes it another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux(['resize-window', '-t', 'test', '-x', String(columns), '-y', String(rows)])
  }

  /** What tmux knows of the pane, such as `#{alternate_on}`. */
  async ask(format: string): Promise<string> {
    return (await this.#tmux(['display-message', '-p', '-t', 'test', format])).trim()
  }

  /** Ends it, and what runs in it. */
  close(): void {
    this.#server.kill()
  }

  async #tmux(args: readonly string[]): Promise<string> {
    const { stdout } = await mustRun(['tmux', '-S', this.#socket, ...args])
    return stdout.toString()
  }
}
