/** A ticket of iroh's: a word for its kind, then the address and keys in base32 (RFC 4648). */
const TICKET = /^(?:node|endpoint|blob|doc)[a-z2-7]{30,}$/

/** True for a ticket of iroh's: whoever has it can connect. */
export function isTicket(text: string): boolean {
  return TICKET.test(text)
}

/** True for a text with an onion name in it, or with as long a word of base32: none may be cached. */
export function mentionsSecret(text: string): boolean {
  return /\.onion\b|[a-z2-7]{52}/i.test(text)
}

/** True for a host that is a secret: onion names and tickets are known to those who may connect. */
export function isSecretHost(text: string, technology: string): boolean {
  return technology === 'iroh' || /\.onion$/i.test(text) || isTicket(text)
}
