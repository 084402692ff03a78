import { EXIT_STATUS } from '../core/errors.ts'
import { askRelease, askStop } from '../daemons/lease.ts'
import type { Command } from './command.ts'
import { type Kept, requireKept } from './daemons.ts'

/** `byway down`: lets go what `byway up` holds; it ends at once when nobody else uses it. */
export const downCommand: Command = {
  name: 'down',
  usage: '<network>',
  describe: 'let a network go: it ends now, or after its last user',
  flags: {},
  examples: [
    ['down vpn', 'what "byway up vpn" started ends, unless it is in use'],
    ['down tor', 'the same of tor'],
  ],
  run: async ({ words: [name = ''] }) => {
    await Promise.all((await requireKept(name)).map(letGo))
    return EXIT_STATUS.OK
  },
}

async function letGo({ runtime }: Kept): Promise<void> {
  const status = await askRelease(runtime)
  const used = status !== null && (status.users.length > 0 || status.streams > 0)
  if (!used) await askStop(runtime)
}
