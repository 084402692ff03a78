import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TEXT = readFileSync(`${ROOT}ARCHITECTURE.md`, 'utf8')

/** Each line of the list of files: a path, and words about it. */
const LINES = [...TEXT.matchAll(/^- `(src\/[^`]+)`(.*)$/gm)].map(([, path = '', words = '']) => ({
  path,
  words,
}))

const FILES = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file}`)

const architecture = suite('ARCHITECTURE.md')

architecture('names every file of src, and no other', () => {
  const named = LINES.map(({ path }) => path)
  const missing = FILES.filter((file) => !named.includes(file))
  const gone = named.filter((path) => !FILES.includes(path))
  assert.equal({ missing, gone }, { missing: [], gone: [] })
})

architecture('names each once, and in order', () => {
  const named = LINES.map(({ path }) => path)
  assert.equal(named, named.toSorted(byFolder))
  assert.is(new Set(named).size, named.length)
})

architecture('says something of each, in one line', () => {
  for (const { path, words } of LINES) {
    assert.match(words, /^: \S.*[^.]$/, `${path}: expected ": ", a few words, no final period`)
    assert.ok(path.length + words.length <= 120, `${path}: the line is too long`)
  }
})

architecture.run()

/** The files of a folder stand together, before those of the folders in it. */
function byFolder(one: string, other: string): number {
  const [a, b] = [one, other].map((path) => path.slice(0, path.lastIndexOf('/') + 1))
  if (a === b) return one < other ? -1 : 1
  return (a ?? '') < (b ?? '') ? -1 : 1
}
