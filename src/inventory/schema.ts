import { z } from 'zod'
import { isName } from '../core/names.ts'
import { nearest } from '../core/nearest.ts'
import { type Path, quote } from './findings.ts'

/*
 * In every schema of this room the message of an issue is what was *expected*: what was found is
 * added by `check.ts`, from the document, where secrets can be told by their path.
 */

/** What a transform is given to say that a value will not do. */
export type Issues = Pick<z.core.ParsePayload, 'issues'>

/** Other words for what was found, where it is more than the value, and what a person can do. */
export interface IssueNotes {
  readonly found?: string
  readonly hint?: string
}

/** A JSON object, its keys not yet looked at. */
export type Fields = Readonly<Record<string, unknown>>

/** True for a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Says what was expected in the place of what stands at `path` of the value. */
export function refuse(
  issues: Issues,
  path: Path,
  words: string | (IssueNotes & { readonly expected: string }),
): void {
  const { expected, ...params } = typeof words === 'string' ? { expected: words } : words
  issues.issues.push({ code: 'custom', message: expected, path: [...path], input: null, params })
}

/** Checks a part of a value, with its issues at `path` of the whole; undefined when it has any. */
export function checkPart<T>(
  issues: Issues,
  path: Path,
  part: { schema: z.ZodType<T>; value: unknown },
): T | undefined {
  const result = part.schema.safeParse(part.value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const moved = { ...issue, path: [...path, ...issue.path], input: part.value }
    issues.issues.push(moved as z.core.$ZodRawIssue)
  }
  return undefined
}

/** An object with these keys and no others. */
export function closed<S extends z.core.$ZodLooseShape>(shape: S, expected = 'an object') {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? nameKnown(issue.keys[0] ?? '', known) : expected,
  })
}

/** An object whose keys are names that people chose, as a map. */
export function mapOf<T>(schema: z.ZodType<T>) {
  return z.unknown().transform((value, issues): ReadonlyMap<string, T> => {
    const map = new Map<string, T>()
    if (!isObject(value)) refuse(issues, [], 'an object')
    const entries: Fields = isObject(value) ? value : {}
    for (const key of Object.keys(entries)) {
      if (!isName(key)) {
        refuse(issues, [key], { expected: NAME_RULE, found: `the name ${quote(key)}` })
      }
      const checked = checkPart(issues, [key], { schema, value: entries[key] })
      if (checked !== undefined) map.set(key, checked)
    }
    return map
  })
}

/** A list of values, or one alone. */
export function oneOrMore<T>(schema: z.ZodType<T>) {
  return z.unknown().transform((value, issues): readonly T[] => {
    const parts = Array.isArray(value)
      ? value.map((entry: unknown, i) => checkPart(issues, [i], { schema, value: entry }))
      : [checkPart(issues, [], { schema, value })]
    // What has issues is undefined here, and the whole is refused for it.
    return parts.filter((part) => part !== undefined) as T[]
  })
}

/** The rule of `isName`, as a message says what it expected. */
export const NAME_RULE =
  'a name of letters, digits, "_", "." and "-" that does not begin with "." or "-"'

/** A text that `isName` accepts. */
export const name = z.string({ error: () => NAME_RULE }).refine(isName, { error: () => NAME_RULE })

/** A text that is not empty and holds no control characters. */
export function text(expected: string) {
  const error = () => expected
  return z.string({ error }).regex(/^\P{Cc}+$/u, { error })
}

/** A number within the bounds, which belong to it. */
export function numberWithin(least: number, most: number, unit: string) {
  const error = () => `a number from ${least} to ${most}${unit}`
  return z.number({ error }).min(least, { error }).max(most, { error })
}

/** The words that one may have meant, else all that there are. */
export function nameKnown(word: string, known: readonly string[]): string {
  const near = nearest(word, known).map((candidate) => `"${candidate}"`)
  return near.length > 0 ? near.join(' or ') : `one of ${known.join(', ')}`
}

/** The same without the keys whose value is undefined. */
export function dropUndefined<T extends object>(value: T) {
  const kept = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
