/** C0, DEL and C1 controls, marks that turn the text's direction, line and paragraph separators. */
const HAZARDS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/**
 * The text as it can be shown on a terminal: what would move its cursor, change its state or
 * reorder its words is written as an escape such as `\x1b`.
 */
export function printable(text: string): string {
  return escapeHazards(text, (code) =>
    code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`,
  )
}

/** The text with each of these characters, by its code, as `write` has it. */
export function escapeHazards(text: string, write: (code: number) => string): string {
  return text.replace(HAZARDS, (character) => write(character.charCodeAt(0)))
}

/** True for a text that has none of these characters. */
export function isPrintable(text: string): boolean {
  return text.search(HAZARDS) < 0
}
