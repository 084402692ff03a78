import { existsSync } from 'node:fs'
import type { Environment } from './inventory/locate.ts'
import { includeLine } from './ssh/include-line.ts'
import { hostNamesIn, type Recipe } from './ssh/installed-config.ts'
import { replaceOwn, type Wish, writeOwnFile } from './ssh-install.ts'
import { changeInTurn, type Installation, mayBeInstalled, readInstallation } from './ssh-places.ts'
import type { Voice } from './wiring.ts'

/**
 * In which points the installed configuration is not what byway would write now; none: it is.
 * `wish`: what a person asks for, where that may differ from how it was installed.
 */
export async function findDrift(
  at: Installation,
  wish: Partial<Wish> & Pick<Wish, 'self'>,
  voice: Voice,
): Promise<string[]> {
  const { recipe, own, config, included, reached } = at
  if (recipe === null) return [`byway is not installed in ${config.path}`]
  const [program = ''] = recipe.self.slice(-1)
  const wanted = { ...keepSelf(recipe, wish.self), ...withoutSelf(wish) }
  const { text } = await writeOwnFile(wanted, voice)
  return [
    ...(reached ? [] : [`${config.path} has no line "${includeLine(included)}" at its top`]),
    ...(existsSync(program) ? [] : [`there is no ${program} any more`]),
    ...compare(own.path, own.bytes?.toString() ?? '', text),
  ]
}

/** What became of an installed configuration. */
export interface Renewal {
  /** byway's file */
  readonly path: string
  readonly changed: boolean
}

/**
 * Writes byway's file anew as it was installed, for what the inventory says now; null: byway is not
 * installed. Throws what is wrong with the inventory, and NOPERM where `~/.ssh` is another user's.
 */
export async function renewInstalled(
  env: Environment,
  self: readonly string[],
  voice: Voice,
): Promise<Renewal | null> {
  if (!mayBeInstalled(env)) return null
  let renewal: Renewal | null = null
  await changeInTurn(env, async () => {
    const at = readInstallation(env)
    if (at.recipe === null) return
    const { text, warnings } = await writeOwnFile(keepSelf(at.recipe, self), voice)
    for (const warning of warnings) voice.tell(0, warning)
    const changed = at.own.bytes?.toString() !== text
    if (changed) await replaceOwn(at, text)
    renewal = { path: at.own.path, changed }
  })
  return renewal
}

/** The byway that was installed goes on, as long as it is there: this one may be another. */
function keepSelf(recipe: Recipe, self: readonly string[]): Recipe {
  return recipe.self.every((path) => existsSync(path)) ? recipe : { ...recipe, self }
}

function withoutSelf({ self: _, ...rest }: Partial<Wish>): Partial<Wish> {
  return rest
}

function compare(path: string, is: string, should: string): string[] {
  if (is === should) return []
  const [before, now] = [hostNamesIn(is), hostNamesIn(should)]
  const missing = [...now].filter((name) => !before.has(name))
  const surplus = [...before].filter((name) => !now.has(name))
  return [
    ...(missing.length > 0 ? [`${path} lacks ${missing.join(', ')}`] : []),
    ...(surplus.length > 0 ? [`${path} has ${surplus.join(', ')}, not in the inventory`] : []),
    ...(missing.length + surplus.length > 0 ? [] : [`${path} has other lines than byway's`]),
  ]
}
