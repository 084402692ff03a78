import { execFile } from 'node:child_process'
import { withoutKeys } from './children/environment.ts'

/** Milliseconds in which ssh looks at lines. */
const PATIENCE = 5000
/** Lines that ssh is asked about at once: it takes no more than 100 keys. */
const AT_ONCE = 64

/**
 * Which of these lines of ssh_config(5) the ssh of this computer refuses, and what it says of each.
 * One of them in a file would end every ssh that reads it, for whatever host. None where ssh does
 * not say.
 */
export async function findRefused(lines: readonly string[]): Promise<Map<string, string>> {
  const known = [...new Set(lines)]
  if (known.length === 0 || (await ask([])) !== null) return new Map()
  // it makes others known, and counts in a file for its own machine only
  const ignoring = known.filter((line) => /^"?ignoreunknown\b/i.test(line))
  const others = known.filter((line) => !ignoring.includes(line))
  const batches = ignoring.map((line) => [line])
  for (let i = 0; i < others.length; i += AT_ONCE) batches.push(others.slice(i, i + AT_ONCE))
  const refused: [string, string][] = []
  for (const batch of batches) refused.push(...(await search(batch)))
  return new Map(refused)
}

/** What ssh says of a file's or a command line's fault, from what it wrote to stderr. */
export function faultIn(said: string): string {
  const lines = said.split(/\r?\n/).filter((line) => line !== '')
  const fault = lines.find((line) => /\bline \d+:/.test(line)) ?? lines.at(-1) ?? ''
  return fault.replace(/^.*?\bline \d+: /, '')
}

async function search(lines: readonly string[]): Promise<[string, string][]> {
  const fault = await ask(lines)
  const [line = ''] = lines
  if (fault === null) return []
  if (lines.length === 1) return [[line, fault]]
  const middle = Math.ceil(lines.length / 2)
  return [...(await search(lines.slice(0, middle))), ...(await search(lines.slice(middle)))]
}

/** Null: ssh takes them, is not there, or does not answer. */
function ask(lines: readonly string[]): Promise<string | null> {
  const options = lines.flatMap((line) => ['-o', line])
  return new Promise((resolve) => {
    execFile(
      'ssh',
      ['-F', 'none', '-T', '-G', ...options, '127.0.0.1'],
      { timeout: PATIENCE, env: withoutKeys(process.env) },
      (error, _, words) => resolve(typeof error?.code === 'number' ? faultIn(words) : null),
    )
  })
}
