import { BywayError } from '../core/errors.ts'
import { findSyntaxFault, type SyntaxFault } from './json-syntax.ts'

/** Which file a fault is in, and the exit status that it means. */
export interface Origin {
  /** the file's name, or what stands for it in messages */
  readonly source: string
  readonly exit: 'DATAERR' | 'CONFIG'
}

/**
 * The value of a JSON text. Of a key that is there twice the last one counts. Throws the origin's
 * error with line and column, and with nothing of the text but one character.
 */
export function parseJson(text: string, origin: Origin): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (json.trim() === '') {
    throw new BywayError(origin.exit, `${origin.source}: found an empty file, expected JSON`)
  }
  try {
    return JSON.parse(json)
  } catch {
    // The engine's own message quotes the text, which may be a secret: it is no cause of ours.
    throw syntaxError(json, findSyntaxFault(json), origin)
  }
}

function syntaxError(json: string, fault: SyntaxFault | null, origin: Origin): BywayError {
  if (fault === null) return new BywayError(origin.exit, `${origin.source}: expected JSON`)
  const before = json.slice(0, fault.offset).split('\n')
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
  const cut = fault.offset === json.length
  return new BywayError(
    origin.exit,
    `${origin.source}: ${place}: found ${fault.found}, expected ${fault.expected}`,
    { hint: cut ? 'the file is cut off: write it again, whole' : undefined },
  )
}
