import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './cleanup.ts'
import { findByEnvironment, type ProcessEntry } from './proc.ts'
import { type Result, type Running, run, start } from './program.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** The environment variable by which a home's processes are found again. */
const MARK = 'BYWAY_TEST_HOME'

/** One of the two programs that are built. */
export interface Artefact {
  /** its path from the project's root, for the names of tests */
  readonly name: 'dist/byway.js' | 'dist/byway'
  /** absolute */
  readonly file: string
  /** what to put before byway's own arguments; the JavaScript file is run by the tests' own Node */
  readonly argv: readonly string[]
}

/** One JavaScript file, run by node. */
export const SCRIPT: Artefact = makeArtefact('dist/byway.js', [process.execPath])

/** One executable that needs no Node. */
export const EXECUTABLE: Artefact = makeArtefact('dist/byway', [])

/** Both: they have to pass the same scenarios. */
export const ARTEFACTS: readonly Artefact[] = [SCRIPT, EXECUTABLE]

/** What one run of byway is given besides its arguments. */
export interface BywayOptions {
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly input?: string | Uint8Array | undefined
  readonly cwd?: string | undefined
  /** a program and its arguments that run byway, such as `nsenter …` */
  readonly inside?: readonly string[] | undefined
  /** milliseconds after which it is killed, instead of two minutes */
  readonly limit?: number | undefined
}

/**
 * A home of a test's own: no cache, configuration or inventory of this computer's user counts in
 * it, and `byway` is in its PATH.
 */
export class Home {
  readonly folder = makeFolder()
  readonly artefact: Artefact
  readonly env: Readonly<Record<string, string>>
  #files = 0

  /** `more`: further variables of its environment */
  constructor(artefact: Artefact, more: Readonly<Record<string, string>> = {}) {
    this.artefact = artefact
    const at = (name: string) => join(this.folder, name)
    for (const name of ['bin', 'config', 'cache', 'state', 'run', 'tmp']) {
      mkdirSync(at(name), { mode: 0o700 })
    }
    symlinkSync(artefact.file, at('bin/byway'))
    this.env = {
      HOME: this.folder,
      SHELL: '/bin/sh',
      USER: process.env['USER'] ?? '',
      LC_ALL: 'C.UTF-8',
      TMPDIR: at('tmp'),
      PATH: `${at('bin')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
      XDG_CONFIG_HOME: at('config'),
      XDG_CACHE_HOME: at('cache'),
      XDG_STATE_HOME: at('state'),
      XDG_RUNTIME_DIR: at('run'),
      [MARK]: this.folder,
      ...more,
    }
  }

  /** Writes the inventory that counts in this home, in byway's own form. */
  writeInventory(inventory: unknown): string {
    mkdirSync(join(this.folder, 'config/byway'), { recursive: true })
    return this.writeFile('config/byway/inventory.json', JSON.stringify(inventory, null, 2))
  }

  /** Writes the configuration that counts in this home. */
  writeConfig(config: unknown): string {
    mkdirSync(join(this.folder, 'config/byway'), { recursive: true })
    return this.writeFile('config/byway/config.json', JSON.stringify(config, null, 2))
  }

  /** Writes a file, readable by its owner, below this home. The absolute path. */
  writeFile(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name)
    writeFileSync(path, content)
    chmodSync(path, 0o600)
    return path
  }

  /** Makes a folder that only its owner can enter, below this home. The absolute path. */
  makeFolder(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }

  /** The absolute path of a file that is not there yet. */
  newPath(): string {
    this.#files += 1
    return join(this.folder, 'tmp', `file-${this.#files}`)
  }

  /** All processes that were started in this home, by whomever, and live. */
  live(): ProcessEntry[] {
    return findByEnvironment(`${MARK}=${this.folder}`)
  }

  /** Those of byway. */
  liveByways(): ProcessEntry[] {
    return this.live().filter(({ command }) => /(^|\/|\s)byway(\.js)? /.test(command))
  }
}

/** Runs byway in the home to its end. */
export function runByway(
  home: Home,
  args: readonly string[],
  options: BywayOptions = {},
): Promise<Result> {
  return run(lineFor(home, args, options), settingsFor(home, options))
}

/** Starts byway in the home; its stdin stays open when no input is given. */
export function startByway(
  home: Home,
  args: readonly string[],
  options: BywayOptions = {},
): Running {
  return start(lineFor(home, args, options), settingsFor(home, options))
}

function lineFor({ artefact }: Home, args: readonly string[], { inside = [] }: BywayOptions) {
  return [...inside, ...artefact.argv, ...args]
}

function settingsFor(home: Home, { env, input, cwd, limit }: BywayOptions) {
  return { env: { ...home.env, ...env }, input, limit, cwd: cwd ?? home.folder }
}

function makeArtefact(name: Artefact['name'], runner: readonly string[]): Artefact {
  const file = join(ROOT, name)
  return { name, file, argv: [...runner, file] }
}
