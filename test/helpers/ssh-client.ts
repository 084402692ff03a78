import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Home } from './byway.ts'
import { type Result, type Running, run, start } from './program.ts'
import type { Sshd } from './sshd.ts'

/** The project's ready snippets for `~/.ssh/config`. */
export const SNIPPETS = {
  relay: fileURLToPath(new URL('../../ssh-config/relay.conf', import.meta.url)),
  fdpass: fileURLToPath(new URL('../../ssh-config/fdpass.conf', import.meta.url)),
} as const

/** The machine that the snippets are written for. */
export const MACHINE = 'my_cool_machine'

/** What one test's ssh is configured by. */
export interface ClientOptions {
  readonly home: Home
  readonly sshd: Sshd
  /** path of the file that the configuration includes: a snippet, or what byway printed */
  readonly include: string
  /** names that the server's host key is known by, besides the machine's */
  readonly names?: readonly string[]
  /** further lines, before those of this helper */
  readonly lines?: readonly string[]
  /** a program and its arguments that run ssh, such as `nsenter …` */
  readonly inside?: readonly string[]
}

/** What a program of OpenSSH is given besides its arguments. */
export interface UseOptions {
  readonly input?: string | Uint8Array | undefined
  readonly limit?: number | undefined
}

/** OpenSSH's own programs, and what uses them, by a configuration that byway is part of. */
export class SshClient {
  /** path of the ssh_config */
  readonly config: string
  readonly #home: Home
  readonly #inside: readonly string[]

  constructor({ home, sshd, include, names = [], lines = [], inside = [] }: ClientOptions) {
    this.#home = home
    this.#inside = inside
    const hosts = [MACHINE, ...names].map((name) => `${name.toLowerCase()} ${sshd.hostKeyLine}\n`)
    const knownHosts = home.writeFile('known_hosts', hosts.join(''))
    // ssh refuses an included file that others may write, as a checkout's files may be
    const included = home.writeFile('included.conf', readFileSync(include))
    this.config = home.writeFile(
      'ssh_config',
      [
        `Include "${included}"`,
        'Host *',
        ...lines,
        `User ${sshd.user}`,
        `IdentityFile "${sshd.clientKey}"`,
        'IdentitiesOnly yes',
        'IdentityAgent none',
        `UserKnownHostsFile "${knownHosts}"`,
        'GlobalKnownHostsFile /dev/null',
        'StrictHostKeyChecking yes',
        'BatchMode yes',
        'LogLevel ERROR',
        '',
      ].join('\n'),
    )
  }

  /** Runs `ssh`, `scp` or `sftp` with the configuration, to its end. */
  run(program: string, args: readonly string[], options: UseOptions = {}): Promise<Result> {
    return run(this.#line(program, args), this.#settings(options))
  }

  /** Starts `ssh` with the configuration; its stdin stays open when no input is given. */
  start(args: readonly string[], options: UseOptions = {}): Running {
    return start(this.#line('ssh', args), this.#settings(options))
  }

  /** Runs rsync over the configured ssh, to its end. */
  rsync(args: readonly string[], options: UseOptions = {}): Promise<Result> {
    const shell = `ssh -F ${this.config}`
    return run([...this.#inside, 'rsync', '-e', shell, ...args], this.#settings(options))
  }

  #line(program: string, args: readonly string[]): string[] {
    return [...this.#inside, program, '-F', this.config, ...args]
  }

  #settings({ input, limit }: UseOptions) {
    return { env: this.#home.env, cwd: this.#home.folder, input, limit }
  }
}
