/**
 * What no terminal is to be shown: controls (C0, DEL, C1), marks that turn the text's direction,
 * separators of lines and paragraphs, and what nobody sees: characters without width, tags, fillers.
 */
const HAZARDS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * The text as it can be shown on a terminal: what would move its cursor, change its state, reorder
 * its words or be seen by nobody is written as an escape such as `\x1b`.
 */
export function printable(text: string): string {
  return escapeHazards(text, (code) => {
    const digits = code.toString(16)
    if (code > 0xffff) return `\\u{${digits}}`
    return code < 256 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`
  })
}

/** The text with each of these characters, by its code point, as `write` has it. */
export function escapeHazards(text: string, write: (code: number) => string): string {
  return text.replace(HAZARDS, (character) => write(character.codePointAt(0) ?? 0))
}

/** True for a text that has none of these characters. */
export function isPrintable(text: string): boolean {
  return text.search(HAZARDS) < 0
}
