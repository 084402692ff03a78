/** One piece of a command: blanks, a comment, or a part of a word (quoted, escaped or bare). */
const PIECE =
  /(?<blank>[ \t\r\n]+|(?<![^ \t\r\n])#[^\n]*)|'(?<literal>[^']*)'|"(?<quoted>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)|(?<bare>[^ \t\r\n'"\\])/suy

/**
 * Splits a command into its words as sops does: POSIX quotes, backslashes and comments; no
 * expansions, no operators, no shell. Null: a quote or a backslash is left open.
 */
export function splitWords(command: string): readonly string[] | null {
  const words: string[] = []
  let word: string | null = null
  let end = 0
  for (const { groups, 0: piece } of command.matchAll(new RegExp(PIECE, 'gsuy'))) {
    end += piece.length
    const { blank, literal, quoted, escaped, bare } = groups ?? {}
    if (blank === undefined) {
      word = (word ?? '') + (literal ?? quoted?.replace(/\\(.)/gsu, '$1') ?? escaped ?? bare ?? '')
    } else if (word !== null) {
      words.push(word)
      word = null
    }
  }
  if (end < command.length) return null
  return word === null ? words : [...words, word]
}
