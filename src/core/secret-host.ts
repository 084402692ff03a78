import { isOnionName } from './onion.ts'

/** A ticket of iroh's: a word for its kind, then the address and keys in base32 (RFC 4648). */
const TICKET = /^(?:node|endpoint|blob|doc)[a-z2-7]{30,}$/

/** True for a ticket of iroh's: whoever has it can connect. */
export function isTicket(text: string): boolean {
  return TICKET.test(text)
}

/** Letters of base32 that no name, address or hash of the usual kinds has in a row: an onion name has 56. */
const LONG_WORD = 52

/** True for bytes with an onion name in them, or with as long a word of base32: none may be cached. */
export function holdsSecret(bytes: Uint8Array): boolean {
  // from the end of each window backwards: most are left after one or two bytes
  for (let end = LONG_WORD; end <= bytes.length; ) {
    let start = end
    while (start > end - LONG_WORD && isBase32(bytes[start - 1] as number)) start -= 1
    if (start === end - LONG_WORD) return true
    end = start + LONG_WORD
  }
  return false
}

/** RFC 4648, section 6, of either case. */
function isBase32(byte: number): boolean {
  const letter = byte | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x32 && byte <= 0x37)
}

/** True for a host that is a secret: onion names and tickets are known to those who may connect. */
export function isSecretHost(text: string, technology: string): boolean {
  return technology === 'iroh' || isOnionName(text) || isTicket(text)
}
