import { printable } from '../core/printable.ts'

/** Where something is in a JSON document: keys and list positions, from the root. */
export type Path = readonly (string | number)[]

const LONGEST = 40
const WORD = /^[A-Za-z_][\w-]*$/
/** An onion name, a ticket, a key, or a URL with a password in it. */
const SECRET = /\.onion|[a-z0-9+]{24}|:\/\/|:[^@]*@/i
/** Keys whose values are secrets, or may hold some. */
const HUSHED = new Set(['socks', 'http', 'pass', 'command', 'env', 'daemon'])

/**
 * Text from a file as a message may show it: in double quotes, shortened, with nothing that moves
 * a terminal. What looks like an onion name, a key or a password is counted instead of shown.
 */
export function quote(text: string): string {
  if (looksSecret(text)) return `a text of ${text.length} characters`
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return printable(JSON.stringify(short))
}

/** The path as a person writes it, `networks.office.peers["my host"].port`; empty for the root. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (WORD.test(step) && !looksSecret(step)) text += text === '' ? step : `.${step}`
    else text += `[${showKey(step)}]`
  }
  return text
}

/** Looks at the beginning only: the rest is not shown, and may be long. */
function looksSecret(text: string): boolean {
  return SECRET.test(text.slice(0, 100 * LONGEST))
}

/** Clan's keys are long: more of a key than of a value is needed to find it again. */
function showKey(key: string): string {
  if (looksSecret(key) || key.length > 4 * LONGEST) return quote(key)
  return printable(JSON.stringify(key))
}

/** What stands at `path` of the document, in words for a message. Holds no secret. */
export function describeAt(document: unknown, path: Path): string {
  let value = document
  for (const step of path) value = stepInto(value, step)
  const hushed = path.some((step) => HUSHED.has(String(step)))
  if (typeof value === 'string' && hushed) return `a text of ${value.length} characters`
  return describe(value)
}

function stepInto(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return Reflect.get(value, step)
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return value === '' ? 'an empty text' : quote(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
