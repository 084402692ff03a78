/** Types of plain keys, as ssh-keygen(1) makes them: certificates and DSA are none. */
const TYPE = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-[a-z0-9-]+@openssh\.com)$/
/** Bytes of the numbers that a key's parts begin with (RFC 4251 section 5, `string`). */
const LENGTH = 4
/** Bytes of an Ed25519 key (RFC 8709). */
const ED25519 = 32

/**
 * The public keys in a file as ssh-keygen(1) writes it, one per line: `type base64`, comments left
 * out. What is no key is left out, too.
 */
export function readPublicKeys(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [type = '', base64 = ''] = line.trim().split(/[ \t]+/)
    return TYPE.test(type) && isKey(type, base64) ? [`${type} ${base64}`] : []
  })
}

/** The line of known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) that a host has this key by. */
export function hostKeyLine(host: string, key: string): string {
  return `${host} ${key}`
}

/** The same for the key of an authority that signs hosts' certificates. */
export function authorityLine(host: string, key: string): string {
  return `@cert-authority ${host} ${key}`
}

/** True for base64 of a key (RFC 4253 section 6.6) that says of itself that it is of this type. */
function isKey(type: string, base64: string): boolean {
  const blob = Buffer.from(base64, 'base64')
  if (blob.toString('base64') !== base64) return false
  const parts = splitParts(blob)
  if (parts === null || parts.length < 2 || parts[0]?.toString('latin1') !== type) return false
  return type !== 'ssh-ed25519' || (parts.length === 2 && parts[1]?.length === ED25519)
}

/** Null unless the parts fill the bytes exactly. */
function splitParts(blob: Buffer): Buffer[] | null {
  const parts: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    if (at + LENGTH > blob.length) return null
    const end = at + LENGTH + blob.readUInt32BE(at)
    if (end > blob.length) return null
    parts.push(blob.subarray(at + LENGTH, end))
    at = end
  }
  return parts
}
