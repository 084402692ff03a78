import { BywayError } from './core/errors.ts'
import type { Means, SocksProxy } from './core/means.ts'
import type { Tell } from './core/types.ts'
import type { UnsureProxy } from './transports/socks-proxy.ts'

/**
 * What the networks may do with SOCKS5 proxies. One that nobody has named, and that another person of
 * this computer runs, is told nothing: a port of loopback belongs to whoever takes it first.
 */
export function makeSocksMeans(tell: Tell): Pick<Means, 'socks' | 'speaksSocks' | 'whyLeftAlone'> {
  return {
    socks: async (proxy, ...args) => {
      const { dialSocks } = await import('./transports/socks.ts')
      return dialSocks(await makeSure(proxy, tell), ...args)
    },
    whyLeftAlone,
    speaksSocks: async (proxy, signal) => {
      const why = await whyLeftAlone(proxy)
      if (why !== null) {
        tell(1, why)
        return false
      }
      const { speaksSocks } = await import('./transports/socks-proxy.ts')
      return speaksSocks(await makeSure(proxy, tell), signal)
    },
  }
}

/** Said of a guessed proxy at whose port another person of this computer listens. */
async function whyLeftAlone({ at, guessed }: SocksProxy): Promise<string | null> {
  if (guessed !== true || !('port' in at)) return null
  const user = (await import('./computer/listeners.ts')).strangerAt(at.port)
  return user === null ? null : `port ${at.port} is left alone: user ${user} listens there`
}

/** A guessed proxy with a look at who has taken the connection: by then another may listen there. */
async function makeSure(proxy: SocksProxy, tell: Tell): Promise<UnsureProxy> {
  const { guessed, at } = proxy
  if (guessed !== true || !('port' in at)) return proxy
  const { strangerBehind } = await import('./computer/listeners.ts')
  const vet: UnsureProxy['vet'] = ({ socket }) => {
    const user = strangerBehind(socket)
    if (user === null) return
    const who =
      user === 'nobody' ? 'who answers there is not to be seen' : `user ${user} answers there`
    const text = `port ${at.port} is left alone: ${who}`
    tell(1, text)
    throw new BywayError('UNAVAILABLE', text)
  }
  return { ...proxy, vet }
}
