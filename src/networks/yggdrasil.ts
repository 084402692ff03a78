import { isWithin } from '../core/ip.ts'
import type { Computer, Means, SocketAddress } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { makeOverlay, memberOf, textOf } from './overlay.ts'

/** Where yggdrasil's addresses are from. */
const RANGE = '200::/7'
/** Where its admin socket is: in distributions, as it comes, and before version 0.3.6. */
const ADMIN: readonly SocketAddress[] = [
  { path: '/var/run/yggdrasil/yggdrasil.sock' },
  { path: '/var/run/yggdrasil.sock' },
  { host: '127.0.0.1', port: 9001 },
]

/** yggdrasil. */
export function makeYggdrasil(means: Means): Technology {
  return makeOverlay(
    {
      name: 'yggdrasil',
      sign: `an address in ${RANGE}`,
      interfaces: (computer) =>
        computer
          .interfaces()
          .filter(({ addresses }) => addresses.some((address) => isWithin(address, RANGE))),
      daemon: {
        places: ADMIN.map((at) => ('path' in at ? at.path : `${at.host}:${at.port}`)).join(', '),
        ask,
      },
      hint: 'start yggdrasil',
    },
    means,
  )
}

async function ask(computer: Computer, signal: AbortSignal): Promise<string | null> {
  const question = { request: 'getself', arguments: {} }
  const answers = await Promise.all(ADMIN.map((at) => computer.askJson(at, question, signal)))
  const answer = answers.find((one) => memberOf(one, 'status') === 'success')
  if (answer === undefined) return null
  return `yggdrasil answers for ${textOf(answer, 'response', 'address') ?? 'itself'}`
}
