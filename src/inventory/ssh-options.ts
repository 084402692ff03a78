import { isJumpList } from './shapes/host.ts'

/** One option of an ssh command line, with the words that make it up. */
export interface SshOption {
  readonly words: readonly string[]
  /** the letter: `o` of `-oCompression=yes` */
  readonly flag: string
  /** the keyword of an `-o`, in lower case; else empty */
  readonly keyword: string
  /** what follows the letter; empty for a letter that takes nothing */
  readonly value: string
}

/** Words that are no option of ssh's, and why. */
export interface NotAnOption {
  readonly words: readonly string[]
  readonly problem: string
}

/** The letters of ssh(1) that take a value, the others that do not. */
const WITH_VALUE = 'BbcDEeFIiJLlmOoPpQRSWw'
const ALONE = '46AaCfGgKkMNnqsTtVvXxYy'

const HOSTILE_JUMP = 'a jump host that ssh would not take'

/** Letters and keywords with which ssh runs a program, loads a library or reads more options. */
const RUNNING_FLAGS = 'FI'
const RUNNING_KEYWORDS = new Set([
  'host',
  'include',
  'knownhostscommand',
  'localcommand',
  'match',
  'permitlocalcommand',
  'pkcs11provider',
  'proxycommand',
  'securitykeyprovider',
  'smartcarddevice',
  'xauthlocation',
])

/** Splits words for the ssh command line into options, in order, as ssh(1) reads them. */
export function readSshOptions(words: readonly string[]): (SshOption | NotAnOption)[] {
  const options: (SshOption | NotAnOption)[] = []
  for (let index = 0; index < words.length; ) {
    const option = readOption(words, index)
    options.push(option)
    index += option.words.length
  }
  return options
}

/** True when ssh given this option runs a program of the option's choice on this computer. */
export function runsProgram(option: SshOption): boolean {
  return RUNNING_FLAGS.includes(option.flag) || RUNNING_KEYWORDS.has(option.keyword)
}

/** True for the literal `-J x` that Clan exports in place of each jump host. */
export function isPlaceholder(option: SshOption): boolean {
  return option.flag === 'J' && option.value === 'x'
}

function readOption(words: readonly string[], index: number): SshOption | NotAnOption {
  const word = words[index] ?? ''
  if (/\p{Cc}/u.test(word)) return { words: [word], problem: 'a control character' }
  if (!/^-[A-Za-z0-9]/.test(word)) return { words: [word], problem: 'a word that is no option' }
  const at = [...word].findIndex((letter, place) => place > 0 && !ALONE.includes(letter))
  const flag = word.charAt(at)
  if (at === -1) return { words: [word], flag: word.slice(1), keyword: '', value: '' }
  if (!WITH_VALUE.includes(flag)) {
    return { words: [word], problem: `the option "-${flag}", which ssh does not have` }
  }
  return readValue(words.slice(index, index + 2), at)
}

function readValue([word = '', next]: readonly string[], at: number): SshOption | NotAnOption {
  const flag = word.charAt(at)
  const attached = word.slice(at + 1)
  const value = (attached === '' ? next : attached)?.trim()
  if (value === undefined || value === '' || /\p{Cc}/u.test(value)) {
    return { words: [word], problem: `the option "-${flag}" without a value` }
  }
  const words = attached === '' ? [word, next ?? ''] : [word]
  // ssh before 9.6 gives jump hosts to a shell unchecked
  if (flag === 'J' && !isJumpList(value)) return { words, problem: HOSTILE_JUMP }
  if (flag !== 'o') return { words, flag, keyword: '', value }
  const keyword = /^"?([A-Za-z][A-Za-z0-9]*)/.exec(value)?.[1]?.toLowerCase()
  if (keyword === undefined) return { words, problem: 'an "-o" without a keyword' }
  const option = { words, flag, keyword, value }
  const sound = keyword !== 'proxyjump' || isJumpList(argumentOf(option))
  return sound ? option : { words, problem: HOSTILE_JUMP }
}

/** The value of an `-o` behind its keyword: `yes` of `Compression=yes`. */
export function argumentOf({ value }: Pick<SshOption, 'value'>): string {
  return value.replace(/^"?\w+\s*=?\s*"?/, '').replace(/"$/, '')
}
