import { findFreePort } from './listen.ts'
import { FOR_LONG, start } from './program.ts'
import type { Sshd } from './sshd.ts'

/** A real SOCKS5 proxy: `ssh -D` into a test's own sshd, which resolves the names. */
export interface DynamicForward {
  /** `127.0.0.1:port`, as `"socks"` of a network has it */
  readonly address: string
  /** Ends it, and what goes through it. */
  stop(): void
}

/** Starts `ssh -D`, and waits until it listens. */
export async function startDynamicForward(
  { port, user, host, clientKey, hostKeyLine }: Sshd,
  inside: readonly string[] = [],
): Promise<DynamicForward> {
  const address = `127.0.0.1:${await findFreePort()}`
  const knownHosts = `KnownHostsCommand=/bin/echo [${host}]:${port} ${hostKeyLine}`
  const options = ['BatchMode=yes', 'ExitOnForwardFailure=yes', 'IdentitiesOnly=yes', knownHosts]
    .concat('StrictHostKeyChecking=yes', 'Ciphers=aes128-gcm@openssh.com', 'IdentityAgent=none')
    .flatMap((option) => ['-o', option])
  const login = ['-F', 'none', '-i', clientKey, '-p', String(port), `${user}@${host}`]
  const argv = [...inside, 'ssh', '-D', address, ...options, ...login]
  // forwardings are set up before the command runs, and `cat` ends when this process does
  const running = start([...argv, 'echo ready; cat'], { limit: FOR_LONG })
  await running.says('ready')
  return { address, stop: () => running.kill() }
}
