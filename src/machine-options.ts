import type { Machine } from './core/types.ts'
import { runsProgram } from './inventory/option-harm.ts'
import { readSshOptions, type SshOption } from './inventory/ssh-options.ts'
import { toConfigLines, withoutLine } from './ssh/client-options.ts'

/** ssh options of all the machine's peers, each once; none that would run a program here. */
export function optionsOf({ memberships }: Machine): SshOption[] {
  const words = memberships.map(({ peer }) => peer.sshOptions)
  const options = words.flatMap(readSshOptions).filter((option) => 'flag' in option)
  const byWords = new Map(options.map((option) => [option.words.join(' '), option]))
  return [...byWords.values()].filter((option) => !runsProgram(option) && option.flag !== 'J')
}

/** The same as lines of ssh_config(5), as far as they have a counterpart there. */
export function optionLinesOf(machine: Machine): string[] {
  return toConfigLines(optionsOf(machine))
}

/** False for what only a command line can say: `-L`. */
export function hasLine(option: SshOption): boolean {
  return withoutLine([option]).length === 0
}

/** Those that have none: `-L`. */
export function optionsWithoutLine(machine: Machine): string[] {
  return withoutLine(optionsOf(machine))
}
