import { BywayError } from '../../core/errors.ts'
import { escapeHazards } from '../../core/printable.ts'

/** Writes to stdout; resolves when it is written, or nobody reads it any more. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve()
      else reject(new BywayError('IOERR', `write to stdout: ${error.message}`, { cause: error }))
    }
    process.stdout.once('error', fail)
    process.stdout.write(text, (error) => {
      if (error) return
      process.stdout.off('error', fail)
      resolve()
    })
  })
}

/** Writes to stderr; resolves when it is written, or cannot be. */
export function complain(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stderr.once('error', () => resolve())
    process.stderr.write(text, () => resolve())
  })
}

/** One JSON document, as `--json` prints it: what would move a terminal is escaped in it, too. */
export function json(document: unknown): string {
  const lines = JSON.stringify(document, null, 2).split('\n')
  return `${lines.map(escapeJson).join('\n')}\n`
}

/** `printable` has the escapes of JavaScript, JSON knows only those with four digits. */
function escapeJson(line: string): string {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return escapeHazards(line, (code) => {
    return String.fromCodePoint(code).split('').map(escapeUnit).join('')
  })
}
