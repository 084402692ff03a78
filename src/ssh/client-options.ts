/** An option of an ssh command line, as far as it counts here; see `readSshOptions`. */
interface Option {
  readonly alone: string
  readonly flag: string
  /** empty for letters that take nothing */
  readonly value: string
}

/** One letter of it; the value is empty where it takes none. */
interface Letter {
  readonly letter: string
  readonly value: string
}

/** Letters of ssh(1) with a value, and the keyword of ssh_config(5) that they stand for. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  B: 'BindInterface',
  b: 'BindAddress',
  c: 'Ciphers',
  D: 'DynamicForward',
  e: 'EscapeChar',
  i: 'IdentityFile',
  l: 'User',
  m: 'MACs',
  p: 'Port',
  S: 'ControlPath',
}

/** Letters without, and their lines. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  '4': ['AddressFamily inet'],
  '6': ['AddressFamily inet6'],
  A: ['ForwardAgent yes'],
  a: ['ForwardAgent no'],
  C: ['Compression yes'],
  g: ['GatewayPorts yes'],
  K: ['GSSAPIAuthentication yes', 'GSSAPIDelegateCredentials yes'],
  k: ['GSSAPIDelegateCredentials no'],
  M: ['ControlMaster yes'],
  q: ['LogLevel QUIET'],
  T: ['RequestTTY no'],
  t: ['RequestTTY yes'],
  v: ['LogLevel DEBUG1'],
  X: ['ForwardX11 yes'],
  x: ['ForwardX11 no'],
  Y: ['ForwardX11 yes', 'ForwardX11Trusted yes'],
}

/** What some stand for when they are given twice, and three times. */
const AGAIN: Readonly<Record<string, readonly string[]>> = {
  M: ['ControlMaster ask'],
  t: ['RequestTTY force'],
  v: ['LogLevel DEBUG2', 'LogLevel DEBUG3'],
}

/** Letters of which the first counts, or each, as in a file. Of the others it is the last. */
const IN_TURN = 'Dilop'

/**
 * The options as lines of ssh_config(5) by which ssh does the same. Letters that have no
 * counterpart there are left out; see `withoutLine`.
 */
export function toConfigLines(options: readonly Option[]): string[] {
  const letters = options.flatMap(lettersOf)
  const inTurn = letters.filter(({ letter }) => IN_TURN.includes(letter))
  const setting = letters.filter(({ letter }) => !IN_TURN.includes(letter))
  const latest = setting
    .toReversed()
    .filter(({ letter }, i, all) => all.findIndex((one) => one.letter === letter) === i)
  const timesOf = (wanted: string) => setting.filter(({ letter }) => letter === wanted).length
  return [
    ...latest.flatMap((one) => linesOf(one, timesOf(one.letter))),
    ...inTurn.flatMap((one) => linesOf(one, 1)),
  ]
}

/** The letters among the options that no line can stand for: `-L`. */
export function withoutLine(options: readonly Option[]): string[] {
  const letters = options.flatMap(lettersOf).filter((one) => linesOf(one, 1).length === 0)
  return [...new Set(letters.map(({ letter }) => `-${letter}`))]
}

function lettersOf({ alone, flag, value }: Option): Letter[] {
  const first = [...alone].map((letter) => ({ letter, value: '' }))
  return value === '' ? first : [...first, { letter: flag, value }]
}

function linesOf({ letter, value }: Letter, times: number): readonly string[] {
  if (letter === 'o') return [value.replace(/^(\w+)(?:\s*=\s*|\s+)(?![=\s])/, '$1 ')]
  const again = AGAIN[letter]?.slice(0, times - 1).slice(-1) ?? []
  if (value === '') return again.length > 0 ? again : (ALONE[letter] ?? [])
  const keyword = WITH_VALUE[letter]
  return keyword === undefined ? [] : [`${keyword} ${quote(value)}`]
}

/** One argument, as argv_split() of OpenSSH takes it apart again. */
function quote(value: string): string {
  if (/^[^\s"'#\\=][^\s"'#\\]*$/.test(value)) return value
  return `"${value.replace(/[\\"]/g, '\\$&')}"`
}
