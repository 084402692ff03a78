import { BywayError } from './errors.ts'
import { Secret } from './secret.ts'

/** Characters that are left out before a name is looked up (UTS 46, section 4). */
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu
/** What NFKC leaves of the dots other than ASCII's (UTS 46, section 4). */
const DOT = /\u3002/g
/** `.onion` as the last label, whatever is behind it that belongs to no name. */
const LAST_LABEL = /\.onion(?!\.*[\p{L}\p{N}_-])/u

/**
 * True for a name below `.onion` (RFC 7686), however it is spelt: in any case, in letters and dots
 * that are looked up as others (UTS 46), percent-encoded, with dots or blanks behind it, with a
 * port, a zone, or a user around it.
 */
export function isOnionName(text: string): boolean {
  return spellOnion(text) !== null
}

/** The same text in plain letters and dots, in lower case; null: it is no onion name. */
export function spellOnion(text: string): string | null {
  const folded = foldName(text)
  if (LAST_LABEL.test(folded)) return folded
  const decoded = folded.includes('%') ? decode(folded) : folded
  return LAST_LABEL.test(decoded) ? decoded : null
}

/** A name in the letters and dots by which it is looked up (UTS 46), in lower case. */
export function foldName(text: string): string {
  if (/^\p{ASCII}*$/u.test(text)) return text.toLowerCase()
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  return folded.replace(IGNORED, '').replace(DOT, '.')
}

/**
 * Makes sure that a name is no onion name, before anybody but tor is told it: DNS is not to be
 * asked for one (RFC 7686 section 2). Throws UNAVAILABLE without the name.
 */
export function requireNoOnion(name: string | Secret): void {
  if (!isOnionName(name instanceof Secret ? name.reveal() : name)) return
  throw new BywayError('UNAVAILABLE', 'an onion name is reached by tor only', {
    hint: 'give its network the technology "tor"',
  })
}

function decode(text: string): string {
  return text.replace(/%([0-7][\da-f])/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)).toLowerCase(),
  )
}
