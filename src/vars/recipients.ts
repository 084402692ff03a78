/** characters: an X25519 recipient has 62, a post-quantum one nearly 2000 */
const LIMIT = 80

/** A recipient for a message: its comment and the rest of one that is too long to read left out. */
export function shorten(recipient: string): string {
  const [kind = '', key = ''] = recipient.trim().split(/\s+/)
  const text = key === '' ? kind : `${kind} ${key}`
  return text.length > LIMIT ? `${text.slice(0, LIMIT / 2)}…` : text
}

/** The recipients of Clan's `.recipients` files: one a line, without blank ones and comments. */
export function parseRecipients(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** What a number of identities came to, for a message. */
export function describeAttempt(identities: number): string {
  if (identities === 0) return 'no age identity was found'
  if (identities === 1) return 'the one age identity found does not open it'
  return `none of the ${identities} age identities found opens it`
}
