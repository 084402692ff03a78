import { EXIT_STATUS } from '../core/errors.ts'
import type { Command } from './command.ts'
import { type Grammar, makeGrammar } from './completion/grammar.ts'

/** The shells that there is a script for. */
const SCRIPTS: Readonly<Record<string, () => Promise<(grammar: Grammar) => string>>> = {
  bash: async () => (await import('./completion/bash.ts')).makeBashScript,
  zsh: async () => (await import('./completion/zsh.ts')).makeZshScript,
  fish: async () => (await import('./completion/fish.ts')).makeFishScript,
}

/** `byway completion`: the script by which a shell completes byway's command lines. */
export const completionCommand: Command = {
  name: 'completion',
  usage: '<shell>',
  choices: { shell: Object.keys(SCRIPTS) },
  describe: 'print the script by which bash, zsh or fish completes command lines',
  flags: {},
  examples: [
    ['completion fish | source', 'for this shell; in bash: source <(byway completion bash)'],
    ['completion zsh > _byway', 'for good: into a folder of $fpath'],
  ],
  run: async ({ words: [shell = ''] }, { print, commands }) => {
    const make = await SCRIPTS[shell]?.()
    await print(make?.(makeGrammar(commands)) ?? '')
    return EXIT_STATUS.OK
  },
}
