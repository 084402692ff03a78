import { isWithin } from '../core/ip.ts'
import type { Computer, Means } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { makeOverlay, textOf } from './overlay.ts'

/** Where mycelium's addresses are from. */
const RANGE = '400::/7'
/** Where its API listens unless it is told otherwise (`--api-addr`). */
const API = { host: '127.0.0.1', port: 8989 }

/** mycelium, ThreeFold's IPv6 overlay. */
export function makeMycelium(means: Means): Technology {
  return makeOverlay(
    {
      name: 'mycelium',
      sign: `an address in ${RANGE}`,
      interfaces: (computer) =>
        computer
          .interfaces()
          .filter(({ addresses }) => addresses.some((address) => isWithin(address, RANGE))),
      daemon: { places: `${API.host}:${API.port}`, ask },
      hint: 'start mycelium',
    },
    means,
  )
}

async function ask(computer: Computer, signal: AbortSignal): Promise<string | null> {
  const answer = await computer.ask(API, { path: '/api/v1/admin' }, signal)
  const subnet = textOf(answer?.json, 'nodeSubnet')
  return answer?.status === 200 && subnet !== null ? `mycelium answers for ${subnet}` : null
}
