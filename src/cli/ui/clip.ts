import stringWidth from 'string-width'
import type { Style } from './style.ts'

const graphemes = new Intl.Segmenter()

/** The text in this many columns of a terminal at most, its end cut off with a mark. */
export function clip(text: string, width: number, { unicode }: Pick<Style, 'unicode'>): string {
  if (stringWidth(text) <= width) return text
  const mark = unicode ? '…' : '~'
  let kept = ''
  let columns = 1
  for (const { segment } of graphemes.segment(text)) {
    columns += stringWidth(segment)
    if (columns > width) break
    kept += segment
  }
  return width > 0 ? kept + mark : ''
}
