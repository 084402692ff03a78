import { readOutput } from './computer/programs.ts'
import { ownCommand } from './self.ts'

/** Milliseconds that ssh may take to say what it would do. */
const TIMEOUT = 2000

/** What OpenSSH's client would do for a machine, by its configuration as it is now. */
export interface SshSettings {
  readonly hostname: string
  readonly port: number
  readonly user: string
  /** as ssh would give it to a shell; null: it has none */
  readonly proxycommand: string | null
  /** whether that is byway */
  readonly byway: boolean
}

/**
 * Asks `ssh -G` about a name. Null: there is no ssh, its configuration is broken, or it does not
 * say in time (a `Match exec` may hang).
 */
export async function askSsh(name: string, port: number | null): Promise<SshSettings | null> {
  const words = ['ssh', '-G', ...(port === null ? [] : ['-p', String(port)]), '--', name] as const
  const text = await readOutput(words, AbortSignal.timeout(TIMEOUT))
  return text === null ? null : readSettings(text, ownCommand().at(-1) ?? '')
}

/** Reads what `ssh -G` printed; `own` is the path of this byway. Null: it is something else. */
export function readSettings(text: string, own: string): SshSettings | null {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? []
    if (!values.has(key)) values.set(key, value)
  }
  const hostname = values.get('hostname')
  if (hostname === undefined) return null
  const command = values.get('proxycommand') ?? 'none'
  const proxycommand = command === 'none' ? null : command
  return {
    hostname,
    port: Number(values.get('port') ?? 22),
    user: values.get('user') ?? '',
    proxycommand,
    byway: proxycommand !== null && runsByway(proxycommand, own),
  }
}

/** A word that is this file, or is called byway, before the word `connect`. */
function runsByway(command: string, own: string): boolean {
  const [before, after] = command.split(/\bconnect\b/)
  if (before === undefined || after === undefined) return false
  return before.includes(own) || /(^|[\s/"'\\])byway(\.js)?(["'\s]|$)/.test(before)
}
