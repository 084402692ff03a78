import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A stand-in for Clan's own tool, `clan`, which the registries do not have: its `select` writes
 * what a test says, after the arguments into a log.
 */
export class ClanTool {
  readonly #bin: string

  /** `bin` is a folder of a PATH. */
  constructor(bin: string) {
    this.#bin = bin
  }

  /** Has it select these exports from now on, as `clan.?exports` does. The path of the log. */
  select(exports: unknown): string {
    const answer = join(this.#bin, '.clan-answer')
    writeFileSync(answer, JSON.stringify({ exports }))
    return this.#write([`cat '${answer}'`])
  }

  /** Has it fail from now on. The path of the log. */
  fail(words: string): string {
    const said = join(this.#bin, '.clan-words')
    writeFileSync(said, words)
    return this.#write([`cat '${said}' >&2`, 'exit 1'])
  }

  #write(lines: readonly string[]): string {
    const log = join(this.#bin, '.clan-log')
    const program = join(this.#bin, 'clan')
    writeFileSync(program, ['#!/bin/sh', `echo "$*" >>'${log}'`, ...lines, ''].join('\n'))
    chmodSync(program, 0o755)
    return log
  }
}
