import type { z } from 'zod'
import { BywayError } from '../core/errors.ts'
import { describeAt, formatPath, type Path } from './findings.ts'
import type { Origin } from './json.ts'
import type { IssueNotes } from './schema.ts'

/** What a failed check says of its first fault: where it is, what was found, and expected. */
export interface Fault {
  readonly path: Path
  readonly text: string
  readonly hint: string | undefined
}

/** The fault that a person should hear of first. `document` is what was checked. */
export function firstFault(error: z.core.$ZodError, document: unknown): Fault {
  // A mistyped key often makes a second issue of what is then missing.
  const unknown = error.issues.find((issue) => issue.code === 'unrecognized_keys')
  if (unknown !== undefined) {
    const path = [...unknown.path, unknown.keys[0] ?? ''] as Path
    return { path, text: `found an unknown key, expected ${unknown.message}`, hint: undefined }
  }
  const issue = error.issues[0]
  const path = (issue?.path ?? []) as Path
  const notes: IssueNotes = issue?.code === 'custom' ? (issue.params ?? {}) : {}
  const found = notes.found ?? describeAt(document, path)
  return { path, text: `found ${found}, expected ${issue?.message}`, hint: notes.hint }
}

/** The value as the schema makes it. Throws the origin's error at its first fault. */
export function check<T>(schema: z.ZodType<T>, document: unknown, origin: Origin): T {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const fault = firstFault(result.error, document)
  throw new BywayError(origin.exit, joinPlace(origin.source, fault.path, fault.text), fault)
}

/** `file: json.path: text`; what is empty is left out. */
export function joinPlace(source: string, path: Path, text: string): string {
  return [source, formatPath(path), text].filter((part) => part !== '').join(': ')
}
