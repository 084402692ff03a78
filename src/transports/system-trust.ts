import { readFileSync } from 'node:fs'

/** Where systems keep the certificates that they trust, all in one file. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Codes of Node's for a certificate that nobody known stands for. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** True when a TLS connection failed for want of trust in who signed the certificate. */
export function isUntrusted(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && UNTRUSTED.has(String(cause.code))) return true
  }
  return false
}

/**
 * The certificates that this computer trusts (PEM), and those of NODE_EXTRA_CA_CERTS: Node knows
 * its own list, and an office's own authority is in the computer's. Empty: none are found.
 */
export function readSystemTrust(env: Readonly<Record<string, string | undefined>>): string[] {
  const named = env['SSL_CERT_FILE']
  const bundles = named === undefined ? BUNDLES : [named, ...BUNDLES]
  const bundle = bundles.map(tryRead).find((text) => text !== null)
  const extra = tryRead(env['NODE_EXTRA_CA_CERTS'] ?? '')
  return [bundle, extra].filter((text) => typeof text === 'string')
}

function tryRead(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
