import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { Attempt, Network } from '../core/types.ts'
import type { World } from '../wiring.ts'
import type { Command } from './command.ts'
import { makeVoice } from './ui/voice.ts'

/** `byway up`: starts what a network needs, and holds it up until `byway down`. */
export const upCommand: Command = {
  name: 'up',
  usage: '<network>',
  describe: 'start what a network needs, and keep it up until "byway down"',
  flags: {},
  examples: [
    ['up vpn', 'the network vpn stays, whoever uses it'],
    ['up -vv tor', 'the same of tor, with each step of the start'],
  ],
  run: async ({ words: [name = ''], global }, context) => {
    const world = await context.world()
    const network = requireNetwork(name, world)
    const { holdNetwork } = await import('../held-networks.ts')
    const { progress } = makeVoice(global.verbosity)
    await holdNetwork(network, world, { attempt: attemptOf(world), progress })
    return EXIT_STATUS.OK
  },
}

/** Nobody else runs, so that nothing is waited for. */
function attemptOf({ tell }: World): Attempt {
  return {
    signal: new AbortController().signal,
    untouched: false,
    stage: (stage, detail) => tell(2, `${stage}${detail === undefined ? '' : ` ${detail}`}`),
    mayStart: () => Promise.resolve(),
  }
}

function requireNetwork(name: string, { inventory }: World): Network {
  const { networks } = inventory.header
  const found = networks.find((network) => network.name === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    networks.map((network) => network.name),
  )
  throw new BywayError('NOHOST', `no network "${name}" in the inventory`, {
    hint: near.length > 0 ? `did you mean ${near.join(', ')}?` : undefined,
  })
}
