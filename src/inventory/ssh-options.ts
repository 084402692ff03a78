import { isPrintable } from '../core/printable.ts'
import { isJumpList } from './shapes/host.ts'

/** One option of an ssh command line, with the words that make it up. */
export interface SshOption {
  readonly words: readonly string[]
  /** letters that take no value, before the one that does: `vC` of `-vCp 22` */
  readonly alone: string
  /** the letter that takes a value: `o` of `-oCompression=yes`; where none does, the letters */
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

/** True for the literal `-J x` that Clan exports in place of each jump host. */
export function isPlaceholder(option: SshOption): boolean {
  return option.flag === 'J' && option.value === 'x'
}

function readOption(words: readonly string[], index: number): SshOption | NotAnOption {
  const word = words[index] ?? ''
  if (!isPrintable(word)) return { words: [word], problem: 'a control or invisible character' }
  if (!/^-[A-Za-z0-9]/.test(word)) return { words: [word], problem: 'a word that is no option' }
  const at = [...word].findIndex((letter, place) => place > 0 && !ALONE.includes(letter))
  const flag = word.charAt(at)
  if (at === -1) {
    const letters = word.slice(1)
    return { words: [word], alone: letters, flag: letters, keyword: '', value: '' }
  }
  if (!WITH_VALUE.includes(flag)) {
    return { words: [word], problem: `the option "-${flag}", which ssh does not have` }
  }
  return readValue(words.slice(index, index + 2), at)
}

function readValue([word = '', next]: readonly string[], at: number): SshOption | NotAnOption {
  const [alone, flag, attached] = [word.slice(1, at), word.charAt(at), word.slice(at + 1)]
  const given = attached === '' ? next : attached
  const value = given?.trim() ?? ''
  if (given === undefined || value === '' || !isPrintable(given)) {
    return { words: [word], problem: `the option "-${flag}" without a value` }
  }
  const words = attached === '' ? [word, next ?? ''] : [word]
  const option = { words, alone, flag, value, keyword: '' }
  const problem = problemOf(option)
  if (problem !== null) return { words, problem }
  return flag === 'o' ? { ...option, keyword: keywordOf(value) } : option
}

/** Why ssh would not take the option's value, or fail over a configuration that has it; null: it would. */
function problemOf(option: SshOption): string | null {
  const { flag, value } = option
  const keyword = keywordOf(value)
  // ssh before 9.6 gives jump hosts to a shell unchecked
  if (flag === 'J') return isJumpList(value) ? null : HOSTILE_JUMP
  if (value.split('"').length % 2 === 0) return 'a quote that is not closed'
  if (flag !== 'o') return null
  if (keyword === '') return 'an "-o" without a keyword'
  return keyword !== 'proxyjump' || isJumpList(argumentOf(option)) ? null : HOSTILE_JUMP
}

/** In lower case, as ssh reads it: up to a blank or `=`; empty: there is none. */
function keywordOf(value: string): string {
  const [, quoted, bare] =
    /^(?:"([A-Za-z][A-Za-z0-9]*)"|([A-Za-z][A-Za-z0-9]*)(?=[ =]|$))/.exec(value) ?? []
  return (quoted ?? bare ?? '').toLowerCase()
}

/** The value of an `-o` behind its keyword: `yes` of `Compression=yes`. */
export function argumentOf({ value }: Pick<SshOption, 'value'>): string {
  return value.replace(/^"?\w+"?\s*=?\s*"?/, '').replace(/"$/, '')
}
