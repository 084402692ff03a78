/*
 * All in bytes, as latin1: what else is in the user's file may be in any encoding, and stays.
 */

/** Where a file is that ssh is to include, and how its configuration may name it. */
export interface Included {
  /** the argument of `Include`, as byway writes it */
  readonly name: string
  /** other arguments by which a person may have named it */
  readonly synonyms: readonly string[]
}

/** The line that byway adds, without its end. */
export function includeLine({ name }: Included): string {
  return `Include ${quoteArgument(name)}`
}

/** The file with the line at its top, ended as the file ends its lines; all else as it was. */
export function addInclude(file: Buffer, included: Included): Buffer {
  const [, end = '\n'] = /^[^\n]*?(\r?\n)/.exec(file.toString('latin1')) ?? []
  return Buffer.concat([Buffer.from(`${includeLine(included)}${end}`, 'latin1'), file])
}

/** The file without the first line that is the one which byway adds; the same when none is. */
export function removeInclude(file: Buffer, included: Included): Buffer {
  const lines = file.toString('latin1').split(/(?<=\n)/)
  const at = lines.findIndex((line) => line.replace(/\r?\n$/, '') === includeLine(included))
  return at < 0 ? file : Buffer.from(lines.toSpliced(at, 1).join(''), 'latin1')
}

/** True when ssh includes it for all hosts: its line stands before the first `Host` or `Match`. */
export function includes(file: Buffer, { name, synonyms }: Included): boolean {
  for (const line of file.toString('latin1').split('\n')) {
    const [, keyword = '', rest = ''] =
      /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line.trimEnd()) ?? []
    if (/^(?:host|match)$/i.test(keyword)) return false
    if (!/^include$/i.test(keyword)) continue
    const words = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare)
    if ([name, ...synonyms].some((one) => words.includes(one))) return true
  }
  return false
}

function quoteArgument(name: string): string {
  return /^[\w./~-]+$/.test(name) ? name : `"${name}"`
}
