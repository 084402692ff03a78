import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEEPEST, findIncluded, readLine } from './host-names.ts'

/** What a copy is made with. */
export interface Copying {
  /** true for the text of a file that is to be left out */
  skip(text: string): boolean
  /** a folder for copies; called when there is one to make */
  folder(): string
}

/**
 * The path of a configuration of ssh that says the same but for the files that are left out, also
 * where others include them: the path itself where there are none. What stands in a copy means what
 * it did: a relative name is below `~/.ssh` wherever a file is (ssh_config(5), Include). Throws what
 * writing a copy throws.
 */
export function withoutFiles(path: string, copying: Copying): string {
  return new Copier(copying).copy(path) ?? path
}

class Copier {
  readonly #copying: Copying
  /** by path: what stands for it; null: nothing does */
  readonly #known = new Map<string, string | null>()

  constructor(copying: Copying) {
    this.#copying = copying
  }

  copy(path: string, depth = 0): string | null {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    // what includes itself is ssh's to refuse
    this.#known.set(path, path)
    const copy = this.#make(path, depth)
    this.#known.set(path, copy)
    return copy
  }

  /** In bytes, as latin1: what else is in the file may be in any encoding, and stays. */
  #make(path: string, depth: number): string | null {
    const text = readBytes(path)
    if (text === null || depth > DEEPEST) return path
    if (depth > 0 && this.#copying.skip(text)) return null
    const lines = text.split('\n').map((line) => this.#change(line, depth))
    const changed = lines.join('\n')
    if (changed === text) return path
    const copy = join(this.#copying.folder(), `${this.#known.size}.conf`)
    writeFileSync(copy, changed, { encoding: 'latin1', mode: 0o600 })
    return copy
  }

  #change(line: string, depth: number): string {
    const { keyword, words } = readLine(Buffer.from(line, 'latin1').toString())
    if (keyword !== 'include') return line
    const now = words.map((word) => this.#changeWord(word, depth))
    if (now.flat().join('\n') === words.join('\n')) return line
    const text = now.flat().map((word) => ` "${word}"`)
    return text.length === 0 ? '' : Buffer.from(`Include${text.join('')}`).toString('latin1')
  }

  /** A pattern that finds nothing else than it should stays one. */
  #changeWord(word: string, depth: number): string[] {
    const files = findIncluded(word)
    const now = files.map((file) => this.copy(file, depth + 1))
    if (now.every((file, i) => file === files[i])) return [word]
    return now.filter((file) => file !== null)
  }
}

function readBytes(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
