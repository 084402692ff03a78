import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { makeFolder } from './cleanup.ts'

/** One store for all that a test file evaluates; nothing is written to the computer's own. */
const store = makeFolder()

/** A `nix` that goes before the real one in a PATH, counts how often it is run, and runs that. */
export class NixRecorder {
  readonly #log: string
  readonly #delay: string

  /** `bin` is the folder that the program is written to; it goes first in a PATH. */
  constructor(bin: string) {
    this.#log = join(bin, '.nix-runs')
    this.#delay = join(bin, '.nix-delay')
    mkdirSync(bin, { recursive: true })
    const places = { STORE: 'store', STATE: 'var', LOG: 'log', LOCALSTATE: 'state' }
    const program = join(bin, 'nix')
    writeFileSync(
      program,
      [
        '#!/bin/sh',
        `echo run >>'${this.#log}'`,
        `[ ! -e '${this.#delay}' ] || sleep "$(cat '${this.#delay}')"`,
        ...Object.entries(places).map(([name, at]) => `export NIX_${name}_DIR='${store}/${at}'`),
        `exec '${findNix(bin)}' "$@"`,
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
}

function findNix(besides: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((at) => at !== besides)
  const found = folders.map((folder) => join(folder, 'nix')).find((path) => existsSync(path))
  if (found === undefined) throw new Error('no nix on this computer: install nix-bin')
  return found
}
