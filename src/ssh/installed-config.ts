/** What `~/.ssh/config` was when byway was installed: so it is to be again. */
export type Before =
  /** neither the file nor its folder was there */
  | 'no folder'
  | 'no file'
  | 'a file'
  /** it had the Include already, which a person wrote */
  | 'included'

/** How the installed file was made, and is made again. */
export interface Recipe {
  /** the program and its first arguments, absolute */
  readonly self: readonly string[]
  /** the flags that name sources, absolute; what is not named is looked for in the usual places */
  readonly sources: Readonly<Record<string, string>>
  readonly fdpass: boolean
  readonly before: Before
}

const TITLE = '# Written by "byway ssh-config --install"; "byway refresh" writes it anew.'
const MARK = '# byway '
const BEFORE: readonly unknown[] = ['no folder', 'no file', 'a file', 'included']

/** The configuration with two lines of comment before it, of which one has the recipe. */
export function writeRecipe(recipe: Recipe, config: string): string {
  return `${TITLE}\n${MARK}${JSON.stringify(recipe)}\n\n${config}`
}

/** The recipe of a file that byway installed; null: it did not install this one. */
export function readRecipe(file: string): Recipe | null {
  const [title = '', mark = ''] = file.split('\n', 2)
  if (title !== TITLE || !mark.startsWith(MARK)) return null
  try {
    const recipe: unknown = JSON.parse(mark.slice(MARK.length))
    return isRecipe(recipe) ? recipe : null
  } catch {
    return null
  }
}

/** The names that a configuration has in its `Host` lines. */
export function hostNamesIn(config: string): Set<string> {
  const lines = [...config.matchAll(/^Host (.*)$/gm)]
  return new Set(lines.flatMap(([, names = '']) => names.split(' ')))
}

function isRecipe(value: unknown): value is Recipe {
  if (typeof value !== 'object' || value === null) return false
  const { self, sources, fdpass, before } = value as Record<string, unknown>
  const named = typeof sources === 'object' && sources !== null ? Object.values(sources) : [null]
  const texts = Array.isArray(self) ? [...self, ...named] : [null]
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof fdpass === 'boolean' &&
    BEFORE.includes(before)
  )
}
