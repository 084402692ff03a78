import { EXIT_STATUS } from '../core/errors.ts'
import { askRelease } from '../daemons/lease.ts'
import type { Command, Context } from './command.ts'
import { listKept, requireKept } from './daemons.ts'

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
  run: async ({ words: [name = ''] }, context) => {
    const kept = await listKept(name)
    const found = kept.length > 0 ? kept : await requireKept(await daemonOf(name, context))
    await Promise.all(found.map(({ runtime }) => askRelease(runtime)))
    return EXIT_STATUS.OK
  },
}

/** All networks of tor's share one daemon, which has a name of its own. */
async function daemonOf(name: string, context: Context): Promise<string> {
  const { inventory } = await context.world()
  const network = inventory.header.networks.find((one) => one.name === name)
  return network?.technology === 'tor' ? 'tor' : name
}
