import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BywayError } from '../core/errors.ts'
import { type EvaluatorContext, runEvaluator } from './evaluator.ts'
import { type Stamp, stampOf } from './stamp.ts'

/** Files of one flake that are looked at, at most. */
const MOST_FILES = 5000
/** Folders deep that a flake outside git is looked at. */
const DEEPEST = 12
/** What an evaluation outside git may depend on; `value` is a public var. */
const RELEVANT = /(?:\.(?:nix|json|lock|toml)|^value)$/

/** A flake's folder on this computer, as it is before an evaluation. */
export interface FlakeFolder {
  /** the folder of its flake.nix, absolute */
  readonly root: string
  /** what an evaluation depends on */
  readonly stamps: readonly Stamp[]
  /** what git tracks, with its content; null: it is not in git */
  readonly listing: string | null
  /** the file in which git keeps that; null: it is not in git */
  readonly index: string | null
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
  if (git === null) {
    return { root, stamps: walk(root).map(stampOf), listing: null, index: null }
  }
  requireTracked(root, git)
  const own = [join(root, 'flake.nix'), join(root, 'flake.lock')]
  const paths = new Set([...git.own, ...own, ...git.files.sort(byRelevance).slice(0, MOST_FILES)])
  return { root, stamps: [...paths].map(stampOf), listing: git.listing, index: git.index }
}

/**
 * The stamps that hold after an evaluation. Nix has git refresh its index, which is no change as
 * long as it lists the same.
 */
export async function stampsAfter(
  before: FlakeFolder,
  context: EvaluatorContext,
): Promise<readonly Stamp[]> {
  const { root, stamps, listing, index } = before
  if (index === null) return stamps
  const refreshed = stampOf(index)
  const now = await listTracked({ ...context, folder: root })
  if (now !== listing) return stamps
  return stamps.map((stamp) => (stamp.path === index ? refreshed : stamp))
}

/** The folder of the flake.nix, here or above: as Nix looks for it, not beyond a repository. */
function findRoot(directory: string): string {
  if (!existsSync(directory)) {
    throw new BywayError('NOINPUT', 'no such directory')
  }
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'flake.nix'))) return folder
    if (folder === dirname(folder) || existsSync(join(folder, '.git'))) break
  }
  throw new BywayError('NOINPUT', 'there is no flake.nix in it, or above it', {
    hint: 'if it is only the directory of the vars, name the inventory with --inventory',
  })
}

interface Git {
  readonly listing: string
  /** absolute */
  readonly files: string[]
  readonly index: string
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
  return { listing, files, index, own: [head, ...refs, join(shared, 'packed-refs'), index] }
}

function listTracked(context: EvaluatorContext): Promise<string | null> {
  return runGit(['ls-files', '--stage', '--full-name', '-z', ':/'], context)
}

async function runGit(words: readonly string[], context: EvaluatorContext): Promise<string | null> {
  const ended = await runEvaluator(['git', '--no-optional-locks', ...words], context)
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
