const MOST = 3
const LONGEST = 253

/**
 * The candidates that a person may have meant by `word`, nearest first, at most three; the letter
 * case does not count. Empty when none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string[] {
  const wanted = word.toLowerCase()
  const limit = farthest(wanted)
  const found: { candidate: string; distance: number }[] = []
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue
    const distance = countEdits(wanted, candidate.toLowerCase())
    if (distance <= limit) found.push({ candidate, distance })
  }
  found.sort((a, b) => a.distance - b.distance)
  return found.slice(0, MOST).map(({ candidate }) => candidate)
}

/** How many edits a word of this length bears before it is another word. */
function farthest(word: string): number {
  if (word.length > LONGEST) return -1
  if (word.length <= 3) return 1
  return word.length <= 7 ? 2 : 3
}

/**
 * Damerau-Levenshtein distance, in its form "optimal string alignment": letters added, left out,
 * replaced, or swapped with their neighbour.
 */
function countEdits(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      line[column] = Math.min(
        at(above, column) + 1,
        at(line, column - 1) + 1,
        at(above, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = above
    above = line
  }
  return at(above, b.length)
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY
}
