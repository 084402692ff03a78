import { type Style, styleFor } from '../../src/cli/ui/style.ts'

/** A terminal of this width; without colour, so that its lines can be compared. */
export function plainStyle(columns: number, unicode = true): Style {
  const env = { TERM: 'xterm', NO_COLOR: '1', LC_ALL: unicode ? 'C.UTF-8' : 'C' }
  return styleFor({ isTTY: true, columns }, env)
}
