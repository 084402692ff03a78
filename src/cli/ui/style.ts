import picocolors from 'picocolors'

/** What can be shown where the output goes, and how. */
export interface Style {
  /** columns of the terminal; null: it is none, and lines may have any length */
  readonly columns: number | null
  /** false: only ASCII is sure to be shown */
  readonly unicode: boolean
  good(text: string): string
  bad(text: string): string
  /** neither: left out, given up, not yet known */
  warn(text: string): string
  dim(text: string): string
  bold(text: string): string
  /** swaps foreground and background */
  invert(text: string): string
}

/** A stream that text goes to, as far as a style depends on it. */
export interface Screen {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Text and nothing else: for pipes, files and logs. */
export const PLAIN: Style = makeStyle({ columns: null, colour: false, unicode: false })

/**
 * The style for a stream: colour on a terminal only, and not on one that is dumb or where
 * `NO_COLOR` is set (no-color.org); other characters than ASCII where the locale says UTF-8.
 */
export function styleFor(screen: Screen, env: Environment): Style {
  const terminal = screen.isTTY === true
  return makeStyle({
    columns: terminal ? screen.columns || 80 : null,
    colour: terminal && !isDumb(env) && !env['NO_COLOR'],
    unicode: isUtf8(env),
  })
}

/** True for a terminal whose cursor cannot be moved (terminfo: `dumb`). */
export function isDumb(env: Environment): boolean {
  return env['TERM'] === 'dumb' || !env['TERM']
}

function makeStyle(known: { columns: number | null; colour: boolean; unicode: boolean }): Style {
  const { columns, colour, unicode } = known
  const { green, red, yellow, dim, bold, inverse } = picocolors.createColors(colour)
  return { columns, unicode, good: green, bad: red, warn: yellow, dim, bold, invert: inverse }
}

/** The first of these that says something decides (locale(7)). */
function isUtf8(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return /utf-?8/i.test(locale)
}
