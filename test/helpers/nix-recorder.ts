import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { makeFolder } from './cleanup.ts'
import { type Running, start } from './program.ts'

/** One store for all that a test file evaluates; nothing is written to the computer's own. */
const store = makeFolder()
const STORE_ENV = {
  NIX_STORE_DIR: join(store, 'store'),
  NIX_STATE_DIR: join(store, 'var'),
  NIX_LOG_DIR: join(store, 'log'),
  NIX_LOCALSTATE_DIR: join(store, 'state'),
}

/** The SQLite database of that store. */
export const NIX_DATABASE = join(STORE_ENV.NIX_STATE_DIR, 'db/db.sqlite')

/** A `nix` that goes before the real one in a PATH, counts how often it is run, and runs that. */
export class NixRecorder {
  readonly #log: string
  readonly #delay: string
  readonly #hold: string

  /** `bin` is the folder that the program is written to; it goes first in a PATH. */
  constructor(bin: string) {
    this.#log = join(bin, '.nix-runs')
    this.#delay = join(bin, '.nix-delay')
    this.#hold = join(bin, '.nix-hold')
    mkdirSync(bin, { recursive: true })
    const nix = findNix(bin)
    const store = useOwnStore(nix)
    const program = join(bin, 'nix')
    writeFileSync(
      program,
      [
        '#!/bin/sh',
        `echo run >>'${this.#log}'`,
        `while [ -e '${this.#hold}' ]; do sleep 0.05; done`,
        `[ ! -e '${this.#delay}' ] || sleep "$(cat '${this.#delay}')"`,
        ...Object.entries(store).map(([name, folder]) => `export ${name}='${folder}'`),
        `exec '${nix}' "$@"`,
        '',
      ].join('\n'),
    )
    chmodSync(program, 0o755)
  }

  /** How often it was run so far. */
  get runs(): number {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').split('\n').length - 1 : 0
  }

  /** Has every run from now on take so many seconds more. */
  slowDown(seconds: number): void {
    if (seconds === 0) rmSync(this.#delay, { force: true })
    else writeFileSync(this.#delay, String(seconds))
  }

  /** Has every run from now on wait until it is released. */
  hold(): void {
    writeFileSync(this.#hold, '')
  }

  /** Lets all go on that wait. */
  release(): void {
    rmSync(this.#hold)
  }
}

/** Holds it so that another Nix finds it busy as it opens it: one in its rollback mode, written to. */
const HOLD = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute('PRAGMA journal_mode=DELETE')
database.execute('BEGIN IMMEDIATE')
print('held', flush=True)
sys.stdin.read()
`

/** Keeps every Nix of this file from its database until what is returned is killed. */
export async function holdDatabase(): Promise<Running> {
  const holder = start(['/usr/bin/python3', '-c', HOLD, NIX_DATABASE])
  await holder.says('held')
  return holder
}

/**
 * The variables by which a Nix uses the store of this test file. It is made here: a Nix fails where
 * another one makes the same store at that moment.
 */
export function useOwnStore(nix = findNix()): Readonly<Record<string, string>> {
  if (!existsSync(NIX_DATABASE)) {
    const words = ['--extra-experimental-features', 'nix-command', 'eval', '--expr', 'null']
    execFileSync(nix, words, { env: { HOME: store, ...STORE_ENV }, stdio: 'ignore' })
  }
  return STORE_ENV
}

function findNix(besides = ''): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((at) => at !== besides)
  const found = folders.map((folder) => join(folder, 'nix')).find((path) => existsSync(path))
  if (found === undefined) throw new Error('no nix on this computer: install nix-bin')
  return found
}
