import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { BywayError, messageOf } from './core/errors.ts'
import { Secret } from './core/secret.ts'
import { parseJson } from './inventory/json.ts'
import { ASKPASS } from './self.ts'

/** The machine that an installer's QR code makes, by name (see `inventory/shapes/qr.ts`). */
export const INSTALLER = 'installer'

/** Who logs in to an installer. */
export const INSTALLER_USER = 'root'

/** What a login to an installer needs besides its addresses. */
export interface Installer {
  /** its name in known_hosts: an installer has a new host key whenever it starts */
  readonly alias: string
  /** null: it has none, one's own key opens it */
  readonly password: Secret | null
}

/** Reads what an installer shows as a QR code. Throws NOINPUT or DATAERR, without its password. */
export function readInstaller(file: string): Installer {
  const { addrs = [], tor = null, pass } = readFields(file)
  const listed = Array.isArray(addrs) || typeof addrs === 'string'
  const passed = pass === undefined || pass === null || typeof pass === 'string'
  const sound = (listed || addrs === null) && passed
  if (!sound) {
    const form = '{"addrs": […], "tor": …, "pass": …}'
    throw new BywayError('DATAERR', `${file}: expected the installer's QR code, ${form}`)
  }
  const place = createHash('sha256').update(JSON.stringify([addrs, tor]))
  return {
    alias: `${INSTALLER}-${place.digest('hex').slice(0, 16)}`,
    password: typeof pass === 'string' && pass !== '' ? new Secret(pass) : null,
  }
}

/**
 * The environment in which ssh asks this byway for the password, and not the terminal: the file is
 * named in it, its secret is neither there nor in any argument (ssh(1), SSH_ASKPASS).
 */
export function askpassEnvironment(self: string, file: string): Record<string, string> {
  return { SSH_ASKPASS: self, SSH_ASKPASS_REQUIRE: 'force', [ASKPASS]: file }
}

/** The file, when this process was started by ssh to ask something; null: it was not. */
export function askedFor(argv: readonly string[], env: NodeJS.ProcessEnv): string | null {
  const isQuestion = argv.length === 1 && /[:?]\s*$/.test(argv[0] ?? '')
  return isQuestion ? (env[ASKPASS] ?? null) : null
}

/**
 * The answer to what ssh asks: the password where it asks for one, else what the person at the
 * terminal says. Throws UNAVAILABLE when nobody is there.
 */
export function answerSsh(question: string, file: string): Secret {
  // ssh names whom it asks for: not another server that a person's own options lead to
  if (/@installer\b.*password:\s*$/i.test(question)) {
    const { password } = readInstaller(file)
    if (password !== null) return password
  }
  // a passphrase is not to be shown while it is typed: then the next way to log in is tried
  if (/\(yes\/no/.test(question)) return askPerson(question)
  throw new BywayError('UNAVAILABLE', `nobody answers ssh's ${JSON.stringify(question)}`)
}

function askPerson(question: string): Secret {
  try {
    const terminal = openSync('/dev/tty', 'r+')
    const line = Buffer.alloc(256)
    writeSync(terminal, question)
    const length = readSync(terminal, line)
    closeSync(terminal)
    return new Secret(line.toString('utf8', 0, length).trim())
  } catch (cause) {
    throw new BywayError('UNAVAILABLE', "ssh asks about the machine's key, and nobody is there", {
      cause,
    })
  }
}

function readFields(file: string): Readonly<Record<string, unknown>> {
  const document = parseJson(readText(file), { source: file, exit: 'DATAERR' })
  return typeof document === 'object' && document !== null ? { ...document } : {}
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new BywayError('NOINPUT', `read "${file}": ${messageOf(cause)}`, { cause })
  }
}
