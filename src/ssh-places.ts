import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { homeOf } from './children/environment.ts'
import { BywayError } from './core/errors.ts'
import { runtimeFolder } from './daemon-folders.ts'
import { runInTurn } from './daemons/sole.ts'
import { type Environment, locate, type SourceFlags } from './inventory/locate.ts'
import { lookAt } from './inventory/ownership.ts'
import { type Included, includes } from './ssh/include-line.ts'
import { type Recipe, readRecipe } from './ssh/installed-config.ts'
import { readUserFile, type UserFile } from './ssh/user-file.ts'

/** The file that byway installs, below `~/.ssh`. */
const OWN_FILE = 'byway.conf'

/** Where byway is installed in the user's configuration of ssh, and what is there. */
export interface Installation {
  /** `~/.ssh`, absolute */
  readonly folder: string
  /** byway's file */
  readonly own: UserFile
  /** the user's */
  readonly config: UserFile
  /** how the user's names byway's */
  readonly included: Included
  /** null: byway has installed nothing */
  readonly recipe: Recipe | null
  /** ssh comes from the user's file to byway's, for all hosts */
  readonly reached: boolean
  /** the file that ssh reads, where `$HOME` makes `config` another one; else null */
  readonly readInstead: string | null
}

/** Where these files are by the environment, absolute, whether or not they can be read. */
export function findPlaces(env: Environment): { folder: string; own: string; config: string } {
  const folder = join(homeOf(env), '.ssh')
  return { folder, own: join(folder, OWN_FILE), config: join(folder, 'config') }
}

/** Looks at the files below `~/.ssh`. Throws NOINPUT when one cannot be read. */
export function readInstallation(env: Environment): Installation {
  const { folder, own, config } = findPlaces(env)
  // ssh goes by the home of the user database, not by $HOME (ssh(1), FILES)
  const read = join(homeOfUser() ?? join(folder, '..'), '.ssh')
  const same = folder === read
  const included = {
    name: same ? OWN_FILE : own,
    synonyms: same ? [own, `~/.ssh/${OWN_FILE}`] : [],
  }
  const files = { own: readUserFile(own), config: readUserFile(config) }
  return {
    folder,
    ...files,
    included,
    recipe: files.own.bytes === null ? null : readRecipe(files.own.bytes.toString()),
    reached: files.config.bytes !== null && includes(files.config.bytes, included),
    readInstead: same ? null : join(read, 'config'),
  }
}

/** True when a file of the name of byway's own is there. */
export function mayBeInstalled(env: Environment): boolean {
  return existsSync(findPlaces(env).own)
}

/** The user whose `~/.ssh` it is, or whose home without one, when that is neither us nor root. */
export function findForeigner(folder: string): number | null {
  const owner = (lookAt(folder) ?? lookAt(dirname(folder)))?.uid ?? 0
  return owner === 0 || owner === ownId() ? null : owner
}

function ownId(): number {
  return process.geteuid?.() ?? 0
}

/**
 * Changes the files while no other byway does. Throws what the work throws, and NOPERM where they
 * are another user's.
 */
export async function changeInTurn(env: Environment, work: () => Promise<void>): Promise<void> {
  requireOurs(findPlaces(env).folder)
  await runInTurn(join(runtimeFolder(env), 'ssh-config'), work)
}

/** The sources that flags or environment name, absolute: ssh runs byway in another environment. */
export function pinSources(flags: SourceFlags, env: Environment): Record<string, string> {
  const { inventory, flake, configs } = locate(flags, env)
  const config = configs.find(({ named }) => named)
  return {
    ...(inventory === null ? {} : { inventory: inventory.path }),
    ...(flake === null ? {} : { flake }),
    ...(config === undefined ? {} : { config: config.path }),
  }
}

/**
 * Nothing is written for another user, as root with that user's `$HOME` would (`sudo -E`): ssh ends
 * over a file that it cannot read, or that is neither its user's nor root's.
 */
function requireOurs(folder: string): void {
  const owner = findForeigner(folder)
  if (owner === null) return
  throw new BywayError('NOPERM', `"${folder}" is user ${owner}'s, and this is user ${ownId()}`, {
    hint: 'run it as that user, without sudo, or with HOME set to your own home',
  })
}

/** Null: the user database does not know this user. */
function homeOfUser(): string | null {
  try {
    return userInfo().homedir
  } catch {
    return null
  }
}
