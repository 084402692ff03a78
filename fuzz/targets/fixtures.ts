import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** From the project's root, where the fuzzer and the tests run. */
const FOLDER = 'test/fixtures'

/** The contents of the fixtures whose names end so. */
export function fixtures(end: string, folder = '.'): Buffer[] {
  return readdirSync(join(FOLDER, folder), { encoding: 'utf8', recursive: folder !== '.' })
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(join(FOLDER, folder, name)))
}
