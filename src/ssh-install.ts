import { execFile } from 'node:child_process'
import { existsSync, rmdirSync } from 'node:fs'
import { withoutKeys } from './children/environment.ts'
import { type Configuration, configureMachines } from './client-config.ts'
import { BywayError } from './core/errors.ts'
import { makeFolders } from './inventory/ownership.ts'
import { faultIn } from './refused-lines.ts'
import { addInclude, includeLine, removeInclude } from './ssh/include-line.ts'
import { type Before, hostNamesIn, type Recipe, writeRecipe } from './ssh/installed-config.ts'
import { draftUserFile, removeUserFile } from './ssh/user-file.ts'
import type { Installation } from './ssh-places.ts'
import { makeWorld, type Voice } from './wiring.ts'

/** Machines that a step names at most. */
const NAMED = 5
/** Milliseconds in which ssh reads a configuration. */
const PATIENCE = 10_000

/** What is to be done, to be shown before it is. */
export interface Plan {
  /** in order; none: all is as it should be */
  readonly steps: readonly string[]
  /** Does it. What fails in the middle leaves files that are whole, and can be done again. */
  carryOut(): void | Promise<void>
}

/** How byway's file is to be made; what was before is found out. */
export type Wish = Omit<Recipe, 'before'>

/** All of byway's file. Throws what is wrong with the inventory. */
export async function writeOwnFile(recipe: Recipe, voice: Voice): Promise<Configuration> {
  const { inventory } = await makeWorld({ ...recipe.sources, verbosity: 0 }, voice)
  const { text, warnings } = await configureMachines(inventory, recipe)
  return { text: writeRecipe(recipe, text), warnings }
}

/**
 * Plans to write byway's file, and to have the user's include it. Throws USAGE when another
 * program's or a person's file is in the place of byway's, and what is wrong with the inventory.
 */
export async function planInstall(wish: Wish, at: Installation, voice: Voice): Promise<Plan> {
  requireOwn(at)
  const { text, warnings } = await writeOwnFile({ ...wish, before: beforeOf(at) }, voice)
  for (const warning of warnings) voice.tell(0, warning)
  const stale = at.own.bytes?.toString() !== text
  const madeFolder = existsSync(at.folder) ? [] : [`make the folder ${at.folder}, mode 0700`]
  const steps = [
    ...madeFolder,
    ...(stale ? [`write ${at.own.path}, mode 0600: ${summarize(text)}`] : []),
    ...(at.reached ? [] : [describeInclude(at)]),
  ]
  const carryOut = async () => {
    makeFolders(at.folder)
    if (stale) await replaceOwn(at, text)
    if (!at.reached) includeOwn(at)
  }
  return { steps, carryOut }
}

/** Plans to take away what an installation added, and nothing else. */
export function planUninstall(at: Installation): Plan {
  const { recipe, config, own, included, folder } = at
  const isOurs = recipe === null ? own.bytes === null : recipe.before !== 'included'
  const rest = isOurs ? withoutInclude(at) : null
  const gone = rest?.length === 0 && recipe?.before.startsWith('no ') === true
  const change = gone
    ? `remove ${config.path}, which was not there before`
    : `take the line "${includeLine(included)}" out of ${config.path}`
  const steps = [
    ...(rest === null ? [] : [change]),
    ...(recipe === null ? [] : [`remove ${own.path}`]),
  ]
  const carryOut = () => {
    if (gone) removeUserFile(config)
    else if (rest !== null) draftUserFile(config, rest).commit()
    if (recipe !== null) removeUserFile(own)
    if (recipe?.before === 'no folder') removeIfEmpty(folder)
  }
  return { steps, carryOut }
}

/** Puts a new text into byway's file, once ssh has said that it can read it. Throws DATAERR. */
export async function replaceOwn({ own }: Installation, text: string): Promise<void> {
  const draft = draftUserFile(own, Buffer.from(text))
  try {
    await requireReadable(draft.path, text)
  } catch (error) {
    draft.discard()
    throw error
  }
  draft.commit()
}

/** A file of that name which byway has not installed is somebody's. */
function requireOwn({ own, recipe }: Installation): void {
  if (own.bytes === null || recipe !== null) return
  throw new BywayError('USAGE', `"${own.path}" was not written by "byway ssh-config --install"`, {
    hint: `if nobody needs it any more: rm ${own.path}`,
  })
}

/** What an earlier installation found counts as long as its line is there. */
function beforeOf({ folder, config, recipe, reached }: Installation): Before {
  if (reached) return recipe?.before ?? 'included'
  if (config.bytes !== null) return 'a file'
  return recipe?.before === 'no folder' || !existsSync(folder) ? 'no folder' : 'no file'
}

function summarize(text: string): string {
  const names = [...hostNamesIn(text)]
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more names` : ''
  return names.length === 0 ? 'no machine' : `${names.slice(0, NAMED).join(', ')}${more}`
}

function describeInclude({ config: { path, bytes }, included }: Installation): string {
  const line = `"${includeLine(included)}"`
  return bytes === null
    ? `write ${path}, mode 0600, with the line ${line}`
    : `put the line ${line} at the top of ${path}; all else in it stays`
}

function includeOwn({ config, included }: Installation): void {
  try {
    draftUserFile(config, addInclude(config.bytes ?? Buffer.alloc(0), included)).commit()
  } catch (error) {
    if (!(error instanceof BywayError) || error.exit !== 'NOPERM') throw error
    throw new BywayError('NOPERM', error.message, {
      hint: `put the line "${includeLine(included)}" above its first Host line yourself`,
      cause: error,
    })
  }
}

/** Null: the line is not there any more. */
function withoutInclude({ config, included }: Installation): Buffer | null {
  const rest = config.bytes === null ? null : removeInclude(config.bytes, included)
  return rest === config.bytes ? null : rest
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // somebody has put something into it
  }
}

/** A line that ssh does not understand would end every ssh of this user. */
function requireReadable(path: string, text: string): Promise<void> {
  const [name = 'localhost'] = hostNamesIn(text)
  return new Promise((resolve, reject) => {
    execFile(
      'ssh',
      ['-G', '-F', path, name],
      { timeout: PATIENCE, env: withoutKeys(process.env) },
      (error, _, words) => {
        if (error === null || error.code === 'ENOENT') return resolve()
        reject(
          new BywayError(
            'DATAERR',
            `ssh refuses what byway would write for it: ${faultIn(words)}`,
            {
              hint: 'correct the SSHOptions in the inventory',
            },
          ),
        )
      },
    )
  })
}
