import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { homeOf } from '../children/environment.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import type { LeftOut } from './findings.ts'

/** As deep as ssh goes (ssh_config(5), Include). */
export const DEEPEST = 16

/** The names of hosts in a configuration of ssh, in order, each once, and what names no host. */
export interface HostNames {
  readonly names: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * Lists the words of `Host` lines, also of the files that are included; what the lines below them
 * say is ssh's affair. `skip`: true for the text of a file that is not to be read. Throws NOINPUT
 * when the file itself cannot be read.
 */
export function listHostNames(path: string, skip: (text: string) => boolean): HostNames {
  const names = new Set<string>()
  const leftOut = new Map<string, string>()
  for (const { keyword, words } of readLines(path, skip)) {
    if (keyword === 'match') leftOut.set(`Match ${words.join(' ')}`, 'a condition names no machine')
    for (const word of keyword === 'host' ? words : []) {
      if (!/[*?!]/.test(word)) names.add(word)
      else if (word !== '*') leftOut.set(`Host ${word}`, 'a pattern names no machine')
    }
  }
  return { names: [...names], leftOut: Array.from(leftOut, ([name, why]) => ({ name, why })) }
}

/** A line of ssh_config(5): its keyword in lower case. */
export interface Line {
  readonly keyword: string
  readonly words: readonly string[]
}

/** All lines, those of included files in the place of the line that includes them. */
function readLines(path: string, skip: (text: string) => boolean, depth = 0): Line[] {
  const text = readText(path, depth)
  if (text === null || skip(text)) return []
  return text.split('\n').flatMap((line) => {
    const read = readLine(line)
    if (read.keyword !== 'include' || depth >= DEEPEST) return [read]
    return read.words.flatMap(findIncluded).flatMap((file) => readLines(file, skip, depth + 1))
  })
}

/** Reads a line; one of another form has no keyword. */
export function readLine(line: string): Line {
  const [, keyword = '', rest = ''] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*)$/.exec(line.trimEnd()) ?? []
  return { keyword: keyword.toLowerCase(), words: splitWords(rest) }
}

/** A file that is included may be missing, says ssh_config(5). */
function readText(path: string, depth: number): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (depth > 0) return null
    throw new BywayError('NOINPUT', `read "${path}": ${messageOf(cause)}`, { cause })
  }
}

function splitWords(text: string): string[] {
  const [before = ''] = text.split(/(?:^|\s)#/)
  return [...before.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}

/** The files that a word of an Include line names: what glob(7) finds, where its signs are in the last part of the path. */
export function findIncluded(word: string): string[] {
  const home = homeOf(process.env)
  const path = resolve(join(home, '.ssh'), word.replace(/^~(?=\/|$)/, home))
  if (!/[*?]/.test(path)) return [path]
  const pattern = basename(path).replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const form = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
  try {
    const entries = readdirSync(dirname(path)).filter((name) => form.test(name))
    return entries.sort().map((name) => join(dirname(path), name))
  } catch {
    return []
  }
}
