import { BywayError } from '../core/errors.ts'

/** What a ProxyCommand line of byway's is made of. */
export interface ProxyCommandParts {
  /** the program and its first arguments, absolute */
  readonly self: readonly string[]
  /** flags that name sources, with absolute paths */
  readonly flags: readonly string[]
  /** hand over the socket instead of relaying */
  readonly fdpass: boolean
}

/**
 * The value of ProxyCommand in ssh_config(5): ssh expands its tokens and gives it to the user's
 * shell behind `exec`. `%n` is the name as typed, in its letter case. Throws USAGE for a path that
 * cannot be written in a configuration file.
 */
export function makeProxyCommand({ self, flags, fdpass }: ProxyCommandParts): string {
  const channel = fdpass ? ['env', 'NODE_CHANNEL_FD=1'] : []
  const options = fdpass ? ['--fdpass'] : []
  const words = [...self.map(quote), 'connect', ...options, ...flags.map(quoteOption)]
  return [...channel, ...words, '%n', '%p'].join(' ')
}

/**
 * Any command line as a value of ProxyCommand, in which no `%` is a token. Throws USAGE as above.
 */
export function quoteCommand(words: readonly string[]): string {
  return words.map(quote).join(' ')
}

/** Double quotes mean the same to sh, bash, zsh, fish and csh; `%` is ssh's own. */
function quote(word: string): string {
  if (/[\n\r\0!]/.test(word)) {
    throw new BywayError(
      'USAGE',
      `path ${JSON.stringify(word)} cannot stand in ssh's configuration`,
    )
  }
  return `"${word.replace(/[\\"$`]/g, '\\$&').replaceAll('%', '%%')}"`
}

function quoteOption(word: string): string {
  return /^--[a-z]+$/.test(word) ? word : quote(word)
}
