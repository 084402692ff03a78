import type { Identity } from 'age-encryption'
import { Secret } from '../core/secret.ts'
import type { Tell } from '../core/types.ts'
import { parseSshKey } from './ssh-key.ts'

/** What age-encryption takes: a native identity as it is written, or one of our own. */
export type UsableIdentity = Secret | Identity

/** Text that holds identities, and where it is from. */
export interface IdentitySource {
  /** for messages: a path or the name of a variable */
  readonly label: string
  /** absolute or as the user gave it; null: not in a file */
  readonly path: string | null
  readonly text: Secret
}

/** An identity that only the user's own program can use. */
export interface ForeignIdentity {
  /** why, for messages: `age plugin "yubikey"` */
  readonly what: string
  /** `ssh`: opens nothing but what is encrypted for SSH keys; `any`: nobody knows */
  readonly opens: 'ssh' | 'any'
  readonly source: IdentitySource
}

/** All that was found, in the order of looking. */
export interface Identities {
  readonly usable: readonly UsableIdentity[]
  readonly foreign: readonly ForeignIdentity[]
}

/** Nothing found. */
export const NO_IDENTITIES: Identities = { usable: [], foreign: [] }

/** One after the other. */
export function joinIdentities(parts: readonly Identities[]): Identities {
  return {
    usable: parts.flatMap(({ usable }) => usable),
    foreign: parts.flatMap(({ foreign }) => foreign),
  }
}

/**
 * The identities of an age identity file, or the key of an SSH private key file. Several, blank
 * lines, comments; native ones (X25519 and post-quantum) and unencrypted ssh-ed25519 are usable,
 * plugins, passphrases and other SSH keys foreign. What is broken is left out with a word.
 */
export async function parseIdentities(source: IdentitySource, tell: Tell): Promise<Identities> {
  const text = source.text.reveal().trim()
  if (isAgeFile(text)) return foreign(source, 'identity with a passphrase', 'any')
  if (text.startsWith('-----BEGIN ')) return parseSsh(source, text, tell)
  const words = text.split(/\r?\n/).flatMap(wordsOf)
  return joinIdentities(await Promise.all(words.map((word) => parseWord(source, word, tell))))
}

interface Word {
  /** from 1 */
  readonly line: number
  readonly word: string
}

function wordsOf(text: string, index: number): readonly Word[] {
  const [code = ''] = text.split('#')
  return (code.match(/\S+/g) ?? []).map((word) => ({ line: index + 1, word }))
}

async function parseWord(
  source: IdentitySource,
  { line, word }: Word,
  tell: Tell,
): Promise<Identities> {
  const [, plugin] = /^AGE-PLUGIN-(.+)-1[^-]+$/.exec(word) ?? []
  if (plugin !== undefined) {
    return foreign(source, `age plugin ${JSON.stringify(plugin.toLowerCase())}`, 'any')
  }
  if (await isNative(word)) return { usable: [new Secret(word)], foreign: [] }
  tell(1, `${source.label} line ${line}: not an age identity, skipped`)
  return NO_IDENTITIES
}

async function isNative(word: string): Promise<boolean> {
  const { Decrypter } = await import('age-encryption')
  try {
    new Decrypter().addIdentity(word)
    return true
  } catch {
    // The library's message quotes the key.
    return false
  }
}

function parseSsh(source: IdentitySource, text: string, tell: Tell): Identities {
  const key = parseSshKey(text)
  if ('identity' in key) return { usable: [key.identity], foreign: [] }
  tell(1, `${source.label}: ${key.unusable}, left to the sops or age program`)
  return foreign(source, key.unusable, 'ssh')
}

function foreign(source: IdentitySource, what: string, opens: 'ssh' | 'any'): Identities {
  return { usable: [], foreign: [{ what, opens, source }] }
}

function isAgeFile(text: string): boolean {
  return text.startsWith('-----BEGIN AGE') || text.startsWith('age-encryption.org/')
}
