/** Where a text stops being JSON. */
export interface SyntaxFault {
  /** UTF-16 units from the beginning */
  readonly offset: number
  /** one character at most: the text may be a secret */
  readonly found: string
  readonly expected: string
}

type State = 'value' | 'item' | 'firstKey' | 'key' | 'colon' | 'after' | 'end'

const BLANK = /[ \t\r\n]*/y
const TOKEN =
  /([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const BEGUN_STRING =
  /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*(?:\\u?[\da-fA-F]{0,3}$)?/y
const WORDS = ['true', 'false', 'null']

const EXPECTED: Readonly<Record<State, string>> = {
  value: 'a value',
  item: 'a value or "]"',
  firstKey: 'a key in double quotes or "}"',
  key: 'a key in double quotes',
  colon: '":"',
  after: '',
  end: 'nothing more',
}

/** Which tokens each state takes; `string` and `scalar` stand for their kinds. */
const TAKES: Readonly<Record<State, ReadonlySet<string>>> = {
  value: new Set(['{', '[', 'string', 'scalar']),
  item: new Set(['{', '[', ']', 'string', 'scalar']),
  firstKey: new Set(['string', '}']),
  key: new Set(['string']),
  colon: new Set([':']),
  after: new Set([',', '}', ']']),
  end: new Set(),
}

/** The first place where `text` is not JSON (RFC 8259); null when it is JSON. */
export function findSyntaxFault(text: string): SyntaxFault | null {
  const open: ('{' | '[')[] = []
  let state: State = 'value'
  for (let offset = skipBlank(text, 0); ; offset = skipBlank(text, TOKEN.lastIndex)) {
    if (offset === text.length && state === 'end') return null
    const token = readToken(text, offset)
    if (token === null || !takes(state, token, open.at(-1))) {
      return describeFault(text, offset, expect(state, open))
    }
    if (token === '{' || token === '[') open.push(token)
    if (token === '}' || token === ']') open.pop()
    state = follow(state, token, open.at(-1))
  }
}

function skipBlank(text: string, offset: number): number {
  BLANK.lastIndex = offset
  BLANK.test(text)
  return BLANK.lastIndex
}

/** A punctuation mark, `string` or `scalar`; null for anything else. Moves TOKEN behind it. */
function readToken(text: string, offset: number): string | null {
  TOKEN.lastIndex = offset
  const match = TOKEN.exec(text)
  if (match === null) return null
  return match[1] ?? (match[2] === undefined ? 'scalar' : 'string')
}

function takes(state: State, token: string, inside: '{' | '[' | undefined): boolean {
  if (!TAKES[state].has(token)) return false
  if (state !== 'after' || token === ',') return true
  return token === (inside === '{' ? '}' : ']')
}

function follow(state: State, token: string, inside: '{' | '[' | undefined): State {
  if (token === '{') return 'firstKey'
  if (token === '[') return 'item'
  if (token === ':') return 'value'
  if (token === ',') return inside === '{' ? 'key' : 'value'
  if (token === 'string' && (state === 'key' || state === 'firstKey')) return 'colon'
  return inside === undefined ? 'end' : 'after'
}

function expect(state: State, open: readonly ('{' | '[')[]): string {
  if (state !== 'after') return EXPECTED[state]
  return open.at(-1) === '{' ? '"," or "}"' : '"," or "]"'
}

/** Inside a text in quotes the place is where that goes wrong, not where it begins. */
function describeFault(text: string, offset: number, expected: string): SyntaxFault {
  BEGUN_STRING.lastIndex = offset
  const inString = readToken(text, offset) === null && BEGUN_STRING.test(text)
  if (inString) {
    const at = BEGUN_STRING.lastIndex
    return { offset: at, found: describeCharacter(text, at), expected: 'the end of a text: a "' }
  }
  const rest = text.slice(offset, offset + 5)
  const cut = rest !== '' && WORDS.some((word) => word !== rest && word.startsWith(rest))
  const at = cut ? text.length : offset
  return { offset: at, found: describeCharacter(text, at), expected }
}

function describeCharacter(text: string, offset: number): string {
  const code = text.codePointAt(offset)
  if (code === undefined) return 'the end of the file'
  const character = String.fromCodePoint(code)
  if (character === '"') return 'a text in quotes'
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
    ? `"${character}"`
    : `the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
