/** Letters of ssh(1) that stand for a keyword of ssh_config(5). */
const KEYWORDS: Readonly<Record<string, string>> = {
  '4': 'AddressFamily inet',
  '6': 'AddressFamily inet6',
  A: 'ForwardAgent yes',
  a: 'ForwardAgent no',
  C: 'Compression yes',
  c: 'Ciphers',
  i: 'IdentityFile',
  K: 'GSSAPIAuthentication yes',
  k: 'GSSAPIDelegateCredentials no',
  l: 'User',
  m: 'MACs',
  q: 'LogLevel QUIET',
  v: 'LogLevel DEBUG1',
  X: 'ForwardX11 yes',
  x: 'ForwardX11 no',
  Y: 'ForwardX11Trusted yes',
}

/**
 * The option with this letter and value (empty: it takes none) as a line of ssh_config(5); null
 * when it has no counterpart there.
 */
export function toConfigLine({ flag, value }: { flag: string; value: string }): string | null {
  if (flag === 'o') return value.replace(/^(\w+)\s*=?\s*/, '$1 ')
  const keyword = KEYWORDS[flag]
  if (keyword === undefined) return null
  return value === '' ? keyword : `${keyword} ${value}`
}
