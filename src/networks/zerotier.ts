import type { Computer, Means } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { makeOverlay, memberOf, textOf } from './overlay.ts'

/** The port that zerotier-one listens on, for its API as well as for its peers. */
const PORT = 9993
/** Its names for interfaces: `zt` and a hash of the network on Linux and BSD, `feth` on macOS. */
const NAME = /^(?:zt[a-z0-9]{3,}|feth\d+)$/
/** How versions before 1.12 refuse who has no token: they have no `/health` that needs none. */
const REFUSALS = [401, 403]

/** ZeroTier. */
export function makeZerotier(means: Means): Technology {
  return makeOverlay(
    {
      name: 'zerotier',
      sign: 'a name of ZeroTier (zt…)',
      interfaces: (computer) => computer.interfaces().filter(({ name }) => NAME.test(name)),
      daemon: { places: `127.0.0.1:${PORT}/health`, ask },
      hint: 'start zerotier-one, and join the network: "zerotier-cli join <network>"',
    },
    means,
  )
}

async function ask(computer: Computer, signal: AbortSignal): Promise<string | null> {
  const where = { host: '127.0.0.1', port: PORT }
  const answer = await computer.ask(where, { path: '/health' }, signal)
  if (answer === null) return null
  if (REFUSALS.includes(answer.status)) return 'zerotier-one answers'
  const online = memberOf(answer.json, 'online')
  if (answer.status !== 200 || typeof online !== 'boolean') return null
  const version = textOf(answer.json, 'version') ?? 'of an unknown version'
  return `zerotier-one ${version} is ${online ? 'online' : 'offline'}`
}
