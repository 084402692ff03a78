import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EXECUTABLE, Home } from './byway.ts'
import { makeFolder } from './cleanup.ts'
import { type Result, type Running, type RunOptions, run, start } from './program.ts'
import { asUser } from './user-database.ts'

/** Ids that nobody has: the one who uses byway, and another user of the same computer. */
const OWNER = 61_001
const OTHER = 61_002

/** A home of one user, a folder that everybody may write in, and another user who wishes no good. */
export class TwoUsers {
  readonly home = new Home(EXECUTABLE)
  /** mode 1777, like /tmp */
  readonly shared = join(makeFolder(), 'shared')
  readonly #byway = join(this.home.folder, 'bin/byway')

  /** Throws where one user cannot be two. */
  constructor() {
    if (process.getuid?.() !== 0) throw new Error('only root can be two users: run this as root')
    rmSync(this.#byway)
    copyFileSync(EXECUTABLE.file, this.#byway)
    mkdirSync(this.shared)
    chmodSync(this.shared, 0o1777)
    chmodSync(join(this.shared, '..'), 0o755)
    this.giveHome()
  }

  /** Gives all that is in the home to its user. */
  giveHome(): void {
    const { status } = spawnSync('chown', ['-R', `${OWNER}:${OWNER}`, this.home.folder])
    if (status !== 0) throw new Error('chown failed')
  }

  /** byway, run to its end by its user, whose primary group is one of his own if no other is given. */
  byway(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    group: number = OWNER,
  ): Promise<Result> {
    return run(as(OWNER, [this.#byway, ...args], group), this.#options(env))
  }

  /** byway, started by its user. */
  startByway(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return start(as(OWNER, [this.#byway, ...args]), this.#options(env))
  }

  /** A program of the user's, whom the user database knows with this home, run to its end. */
  known(argv: readonly string[]): Promise<Result> {
    return run([...asUser(OWNER, this.home.folder), ...argv], this.#options({}))
  }

  /** byway as root runs it with the user's environment (`sudo -E`), to its end. */
  sudo(args: readonly string[]): Promise<Result> {
    return run([this.#byway, ...args], this.#options({ XDG_RUNTIME_DIR: '' }))
  }

  /** What the other user does in a shell, in the folder for all; nothing of the home is in its way. */
  other(script: string): Promise<Result> {
    const env = { PATH: process.env['PATH'], HOME: this.shared, LC_ALL: 'C.UTF-8' }
    return run(as(OTHER, ['sh', '-c', script]), { env, cwd: this.shared })
  }

  #options(env: Readonly<Record<string, string>>): RunOptions {
    return { env: { ...this.home.env, ...env }, cwd: this.home.folder }
  }
}

function as(uid: number, argv: readonly string[], group: number = uid): string[] {
  const ids = [`--reuid=${uid}`, `--regid=${group}`, '--clear-groups']
  return ['setpriv', ...ids, '--', ...argv]
}
