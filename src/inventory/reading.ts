import type { PeopledNetwork } from '../core/types.ts'
import type { Path } from './findings.ts'
import type { Rules } from './peer-schema.ts'
import type { Fields } from './schema.ts'
import { isPlaceholder, type NotAnOption, readSshOptions, type SshOption } from './ssh-options.ts'

/** What a shape's reader needs to know of the file, and whom it tells what it leaves out. */
export interface Reading extends Rules {
  /** the file's name, for errors */
  readonly source: string
  /** Notes one thing that was left out and why; the text holds no secret. */
  warn(path: Path, text: string): void
}

/** What a shape's reader makes of the file. */
export interface Contents {
  readonly domain: string | null
  readonly networks: readonly PeopledNetwork[]
}

/** One form that inventories come in. */
export interface Shape {
  /** for the message that lists the shapes */
  readonly description: string
  /** True when the data has this form, sound or not. */
  fits(data: Fields, path: Path): boolean
  /** `path` is where `data` is in the file. Throws DATAERR. */
  read(data: Fields, path: Path, reading: Reading): Contents
}

/** The options without the literal `-J x`, with a warning where there was one. */
export function dropPlaceholders(
  words: readonly string[],
  path: Path,
  reading: Reading,
): readonly string[] {
  const options = readSshOptions(words)
  const kept = options.filter((option) => !isStandIn(option))
  if (kept.length === options.length) return words
  reading.warn(path, PLACEHOLDER)
  return kept.flatMap((option) => option.words)
}

const PLACEHOLDER =
  'left out "-J x": Clan exports it in place of each jump host; the real ones are in ' +
  'clan.inventory.instances.<instance>.roles.default.machines.<machine>.settings.jumphosts'

function isStandIn(option: SshOption | NotAnOption): boolean {
  return 'flag' in option && isPlaceholder(option)
}
