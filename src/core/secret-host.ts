/** A ticket of iroh's: a word for its kind, then the address and keys in base32 (RFC 4648). */
const TICKET = /^(?:node|endpoint|blob|doc)[a-z2-7]{30,}$/

/** True for a ticket of iroh's: whoever has it can connect. */
export function isTicket(text: string): boolean {
  return TICKET.test(text)
}

/** True for a text with an onion name in it, or with what may have been meant as one. */
export function mentionsOnion(text: string): boolean {
  return /[a-z2-7]{56}\.onion/i.test(text)
}

/** True for a host that is a secret: onion names and tickets are known to those who may connect. */
export function isSecretHost(text: string, technology: string): boolean {
  return technology === 'iroh' || /\.onion$/i.test(text) || isTicket(text)
}
