import { BywayError } from './core/errors.ts'
import type { Means, SocksProxy } from './core/means.ts'
import type { Tell } from './core/types.ts'
import type { UnsureProxy } from './transports/socks-proxy.ts'

/**
 * What the networks may do with SOCKS5 proxies. One that nobody has named, and that another person of
 * this computer runs, is told nothing: a port of loopback belongs to whoever takes it first.
 */
export function makeSocksMeans(tell: Tell): Pick<Means, 'socks' | 'speaksSocks'> {
  return {
    socks: async (proxy, ...args) => {
      const { dialSocks } = await import('./transports/socks.ts')
      return dialSocks(await makeSure(proxy, tell), ...args)
    },
    speaksSocks: async (proxy, signal) => {
      if (await isStrangers(proxy, tell)) return false
      const { speaksSocks } = await import('./transports/socks-proxy.ts')
      return speaksSocks(await makeSure(proxy, tell), signal)
    },
  }
}

/** True for a guessed proxy at whose port another person of this computer listens. */
async function isStrangers({ at, guessed }: SocksProxy, tell: Tell): Promise<boolean> {
  if (guessed !== true || !('port' in at)) return false
  const user = (await import('./computer/listeners.ts')).strangerAt(at.port)
  if (user !== null) tell(1, `port ${at.port} is left alone: user ${user} listens there`)
  return user !== null
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
