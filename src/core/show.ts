import { joinHostPort } from './host-port.ts'
import { spellOnion } from './onion.ts'
import { printable } from './printable.ts'
import { isTicket } from './secret-host.ts'
import type { Host, Route } from './types.ts'

/** From the beginning of a word on, or it would be looked for again at each of its letters. */
const ONION = /(?<![^\s./:@="',;()…])([^\s./:@="',;()…]{6})[^\s./:@="',;()…]{10,}[.…]+onion\b/gi

/** What one name, port or user is: the mark of a shortened name is no letter of the next one. */
const WORD = /[^\s/:@="',;()…]+/g

/**
 * A text with its onion names as they may be shown: enough to tell two apart, not enough to use.
 * One that is shortened already stays as it is.
 */
export function shortenOnion(text: string): string {
  return text.replace(WORD, respell).replace(ONION, '$1….onion')
}

/** A text as it may be shown on a terminal and in the log. */
export function showText(text: string): string {
  return printable(shortenOnion(text))
}

/** A word as it is, but in plain letters and dots when it is an onion name in others. */
function respell(word: string): string {
  return /%|\P{ASCII}/u.test(word) ? (spellOnion(word) ?? word) : word
}

/** A host for people, without giving away one that is a secret. */
export function showHost(host: Host): string {
  const { at } = host
  if ('plain' in at) return isTicket(at.plain) ? 'a ticket' : showText(at.plain)
  if ('var' in at) return printable(`var ${at.var.generator}/${at.var.file}`)
  if ('file' in at) return printable(at.file)
  return host.technology === 'tor' ? 'an onion name' : 'a ticket'
}

/** Where a route goes, for people. */
export function showRoute({ host, port }: Route): string {
  return 'plain' in host.at ? joinHostPort(showHost(host), port) : `${showHost(host)}, port ${port}`
}
