const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u
/** Letters, too, some of them. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u
const LONGEST_NAME = 253

/**
 * True for a word that may name a machine, a network or a part of a var: visible letters, digits,
 * `_`, `.` and `-`, not beginning with `.` or `-`, at most 253 characters. Such a word is no flag, no
 * path, no shell word and no terminal escape, wherever it is put.
 */
export function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text) && !INVISIBLE.test(text)
}
