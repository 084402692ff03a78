/** C0, DEL and C1 controls, line and paragraph separators, and marks that turn the text's direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HAZARDS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * The text as it can be shown on a terminal: what would move its cursor, change its state or
 * reorder its words is written as an escape such as `\x1b`.
 */
export function printable(text: string): string {
  return text.replace(HAZARDS, (character) => {
    const code = character.charCodeAt(0)
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
