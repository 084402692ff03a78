import { BywayError } from '../../core/errors.ts'

/** Writes to stdout; resolves when it is written, or nobody reads it any more. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve()
      else reject(new BywayError('IOERR', `write to stdout: ${error.message}`, { cause: error }))
    })
    process.stdout.write(text, (error) => error ?? resolve())
  })
}

/** Writes to stderr; resolves when it is written, or cannot be. */
export function complain(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stderr.once('error', () => resolve())
    process.stderr.write(text, () => resolve())
  })
}

/** One JSON document, as `--json` prints it. */
export function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
