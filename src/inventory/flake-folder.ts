import { createHash } from 'node:crypto'
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BywayError } from '../core/errors.ts'
import type { Tracked } from './evaluation.ts'
import { type EvaluatorContext, runEvaluator } from './evaluator.ts'
import { type Stamp, stampOf, stillTrue } from './stamp.ts'

/** Files of one flake that are looked at, at most. */
const MOST_FILES = 5000
/** Folders deep that a flake outside git is looked at. */
const DEEPEST = 12
/** What an evaluation outside git may depend on; `value` is a public var. */
const RELEVANT = /(?:\.(?:nix|json|lock|toml)|^value)$/

/** A flake's folder on this computer. */
export interface FlakeFolder {
  /** the folder of its flake.nix, absolute */
  readonly root: string
  /** what an evaluation depends on, as it is now */
  readonly stamps: readonly Stamp[]
  /** null: it is not in git */
  readonly tracked: Tracked | null
}

/**
 * Looks at a flake in a directory. Throws NOINPUT where there is none, or where it is in git and
 * its flake.nix is not.
 */
export async function lookAtFlake(
  directory: string,
  context: EvaluatorContext,
): Promise<FlakeFolder> {
  const root = findRoot(directory)
  const git = await readGit({ ...context, folder: root })
  if (git === null) return { root, stamps: walk(root).map(stampOf), tracked: null }
  requireTracked(root, git)
  const own = [join(root, 'flake.nix'), join(root, 'flake.lock')]
  const files = git.files.sort(byRelevance).slice(0, MOST_FILES)
  const stamps = [...new Set([...git.own, ...own, ...files])].map(stampOf)
  return { root, stamps, tracked: git.tracked }
}

/**
 * The stamps where nothing has changed but git's index, which tells of the same files: git writes
 * it also when somebody, such as Nix, only looks. Null: something else has changed.
 */
export async function renewIndexStamp(
  stamps: readonly Stamp[],
  { top, index, digest }: Tracked,
  context: EvaluatorContext,
): Promise<readonly Stamp[] | null> {
  const renewed = stampOf(index)
  const listing = await listTracked({ ...context, folder: top })
  const same = listing !== null && digestOf(listing) === digest
  const others = stamps.filter(({ path }) => path !== index)
  return same && stillTrue(others) ? [renewed, ...others] : null
}

/** The folder of the flake.nix, here or above: as Nix looks for it, not beyond a repository. */
function findRoot(directory: string): string {
  if (!existsSync(directory)) {
    throw new BywayError('NOINPUT', 'no such directory')
  }
  for (let folder = realpathSync(directory); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'flake.nix'))) return folder
    if (folder === dirname(folder) || existsSync(join(folder, '.git'))) break
  }
  throw new BywayError('NOINPUT', 'there is no flake.nix in it, or above it', {
    hint: 'if it is only the directory of the vars, name the inventory with --inventory',
  })
}

interface Git {
  readonly tracked: Tracked
  /** absolute */
  readonly files: string[]
  /** HEAD, what it points to, and the index */
  readonly own: readonly string[]
}

async function readGit(context: EvaluatorContext): Promise<Git | null> {
  const listing = await listTracked(context)
  const asked = ['rev-parse', '--show-toplevel', '--absolute-git-dir', '--git-common-dir']
  const answer = await runGit(asked, context)
  if (listing === null || answer === null) return null
  const [top = '', folder = '', common = ''] = answer.split('\n')
  const shared = resolve(context.folder, common)
  const files = listing
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => join(top, line.slice(line.indexOf('\t') + 1)))
  const head = join(folder, 'HEAD')
  const ref = /^ref: (.+)$/m.exec(readFileSync(head, 'utf8'))?.[1]
  const index = join(folder, 'index')
  const refs = ref === undefined ? [] : [join(shared, ref)]
  const own = [head, ...refs, join(shared, 'packed-refs'), index]
  return { tracked: { top, index, digest: digestOf(listing) }, files, own }
}

function listTracked(context: EvaluatorContext): Promise<string | null> {
  return runGit(['ls-files', '--stage', '--full-name', '-z', ':/'], context)
}

function digestOf(listing: string): string {
  return createHash('sha256').update(listing).digest('base64')
}

async function runGit(words: readonly string[], context: EvaluatorContext): Promise<string | null> {
  // what a repository's own configuration would have git run
  const options = ['--no-optional-locks', '-c', 'core.fsmonitor=false']
  const ended = await runEvaluator(['git', ...options, ...words], context)
  return ended?.status === 0 ? ended.output : null
}

/** Nix does not see what git does not know, and says so in words that nobody understands. */
function requireTracked(root: string, { files }: Git): void {
  const file = join(root, 'flake.nix')
  if (files.includes(file)) return
  throw new BywayError('NOINPUT', 'git does not know its flake.nix', {
    hint: `git -C ${root} add flake.nix`,
  })
}

/** What is more likely to matter first: there may be more than can be looked at. */
function byRelevance(one: string, other: string): number {
  return Number(RELEVANT.test(other)) - Number(RELEVANT.test(one))
}

/** Folders, whose stamps tell of new files, and what an evaluation may depend on in them. */
function walk(root: string): string[] {
  const found = [root]
  const folders: [path: string, depth: number][] = [[root, 0]]
  for (const [folder, depth] of folders) {
    for (const entry of list(folder)) {
      if (found.length >= MOST_FILES) return found
      const path = join(folder, entry.name)
      const enter = entry.isDirectory() && !entry.name.startsWith('.') && depth < DEEPEST
      if (enter) folders.push([path, depth + 1])
      if (enter || (entry.isFile() && RELEVANT.test(entry.name))) found.push(path)
    }
  }
  return found
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
