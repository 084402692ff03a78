import type { Decrypter, Identity } from 'age-encryption'
import { BywayError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { ForeignIdentity, UsableIdentity } from './identity-text.ts'

const ARMOR = '-----BEGIN AGE'

/** An age file (age-encryption.org/v1), armored or not, and its name for messages. */
export interface AgeFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What came of opening an age file. */
export interface Opening {
  /** null: none of the identities matches */
  readonly plaintext: Buffer | null
  /** types of its recipient stanzas: `X25519`, `ssh-ed25519`, `scrypt`, a plugin's … */
  readonly recipients: readonly string[]
}

/** Opens age files in process with a set of identities, which it prepares once. */
export class AgeOpener {
  readonly #decrypter: Promise<Decrypter>
  readonly #stranger = new Stranger()

  constructor(identities: readonly UsableIdentity[]) {
    this.#decrypter = prepare([...identities, this.#stranger])
  }

  /** One file at a time. Throws DATAERR when it is damaged or does not authenticate. */
  async open({ name, bytes }: AgeFile): Promise<Opening> {
    const decrypter = await this.#decrypter
    this.#stranger.recipients = null
    const plaintext = await decrypt(decrypter, bytes)
    if (plaintext !== null) return { plaintext, recipients: [] }
    const { recipients } = this.#stranger
    if (recipients !== null) return { plaintext: null, recipients }
    throw new BywayError('DATAERR', `${name}: not an age file, or damaged`, {
      hint: 'restore the file from its repository, or generate the var again',
    })
  }
}

/** Null for any fault: the library's messages may quote what they stumble on. */
async function decrypt(decrypter: Decrypter, bytes: Uint8Array): Promise<Buffer | null> {
  try {
    return Buffer.from(await decrypter.decrypt(await removeArmor(bytes)))
  } catch {
    return null
  }
}

/** Those of the identities that only a program can use and that may open such a file. */
export function selectForeign(
  foreign: readonly ForeignIdentity[],
  recipients: readonly string[],
): readonly ForeignIdentity[] {
  const forSsh = recipients.some((recipient) => recipient.startsWith('ssh-'))
  return foreign.filter(({ opens }) => opens === 'any' || forSsh)
}

/** The last identity: it is asked only when none of the others matches, and opens nothing. */
class Stranger implements Identity {
  recipients: readonly string[] | null = null

  unwrapFileKey(stanzas: Parameters<Identity['unwrapFileKey']>[0]): null {
    this.recipients = stanzas.map(({ args }) => args[0] ?? '')
    return null
  }
}

async function prepare(identities: readonly UsableIdentity[]): Promise<Decrypter> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(reveal(identity))
  return decrypter
}

function reveal(identity: UsableIdentity): string | Identity {
  return identity instanceof Secret ? identity.reveal() : identity
}

async function removeArmor(bytes: Uint8Array): Promise<Uint8Array> {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  if (!start.startsWith(ARMOR)) return bytes
  const { armor } = await import('age-encryption')
  return armor.decode(Buffer.from(bytes).toString('latin1'))
}
