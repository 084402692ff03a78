import { EXIT_STATUS } from '../core/errors.ts'
import { findKnownHosts, type KnownHostsLine } from '../known-hosts.ts'
import type { Command } from './command.ts'
import { complain, print } from './ui/output.ts'
import { makeVoice } from './ui/voice.ts'

/** `byway known-hosts`: what ssh runs to know a machine's key at the first login. */
export const knownHostsCommand: Command = {
  name: 'known-hosts',
  usage: '<host>',
  describe: "the machine's host keys, by the clan's vars (a KnownHostsCommand)",
  flags: {},
  examples: [
    ['known-hosts web01', 'lines of known_hosts; none for a machine without a key'],
    ['known-hosts [web01]:2222', 'as ssh asks where there is no HostKeyAlias'],
  ],
  run: ({ words: [host = ''], global }) => printKnownHosts({ flags: global, host }),
}

/** The same for a line that was read without yargs. Always 0: ssh ends over any other status. */
export async function printKnownHosts(line: KnownHostsLine): Promise<number> {
  try {
    await print(await findKnownHosts(line, makeVoice(line.flags.verbosity).tell))
  } catch (error) {
    // without a line ssh asks, or goes by what it knows
    const { describeError } = await import('./ui/problem.ts')
    await complain(describeError(error))
  }
  return EXIT_STATUS.OK
}
