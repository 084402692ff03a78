import { BywayError } from '../core/errors.ts'

/** What the command is made of: like a ProxyCommand's parts. */
export interface KnownHostsCommandParts {
  /** the program and its first arguments, absolute */
  readonly self: readonly string[]
  /** flags that name sources, with absolute paths */
  readonly flags: readonly string[]
}

/**
 * The value of KnownHostsCommand in ssh_config(5), which ssh splits and runs without a shell: `%H`
 * is the name that known_hosts would be searched for. Throws USAGE for a path that cannot be
 * written in a configuration file.
 */
export function makeKnownHostsCommand({ self, flags }: KnownHostsCommandParts): string {
  const [program = '', ...first] = self
  // ssh expands no tokens in the program's own path
  const words = [...first, 'known-hosts', ...flags].map((word) => word.replaceAll('%', '%%'))
  return [...[program, ...words].map(quote), '%H'].join(' ')
}

/** As argv_split() of OpenSSH takes it apart again. */
function quote(word: string): string {
  if (/[\n\r\0]/.test(word)) {
    throw new BywayError(
      'USAGE',
      `path ${JSON.stringify(word)} cannot stand in ssh's configuration`,
    )
  }
  return /^[\w./-]+$/.test(word) ? word : `"${word.replace(/[\\"]/g, '\\$&')}"`
}
