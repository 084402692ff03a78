import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from './cleanup.ts'
import { findFreePort } from './listen.ts'
import { FOR_LONG, mustRun, type Running, start } from './program.ts'

/** Free ports that may turn out to be taken by somebody else before sshd has them. */
const TRIES = 5
/** What can be killed without a chance to clean up is this process, not its sshd. */
const END_WITH_US = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'TERM', '--'] : []

/** A real sshd of the test's own, on loopback, with keys that nothing else knows. */
export interface Sshd {
  readonly host: '127.0.0.1'
  readonly port: number
  /** who logs in: whoever runs the test */
  readonly user: string
  /** path of the private key that opens it */
  readonly clientKey: string
  /** type and key of its host key, what stands in known_hosts behind the name */
  readonly hostKeyLine: string
  /** What it logged so far. */
  log(): string
  /** Ends it and all sessions in it. */
  stop(): void
}

/** How to start it. */
export interface SshdOptions {
  /** a program and its arguments that run it, such as `nsenter …` */
  readonly inside?: readonly string[]
  /** the addresses it listens on, instead of 127.0.0.1 */
  readonly listen?: readonly string[]
  /** further lines of sshd_config; the first value of a keyword counts */
  readonly config?: readonly string[]
}

/** Starts an sshd, and waits until it listens. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { inside = [], listen = ['127.0.0.1'], config = [] } = options
  const folder = makeFolder()
  const [hostKey, clientKey] = await Promise.all([
    makeKey(folder, 'host'),
    makeKey(folder, 'client'),
  ])
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(`${clientKey}.pub`))
  // as root it insists on this one for its unprivileged part
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const program = findSshd()
  const file = join(folder, 'sshd_config')
  const addresses = listen.map((address) => `ListenAddress ${address}`)
  const lines = [...config, ...addresses, ...baseConfig(folder, hostKey)]
  writeFileSync(file, lines.join('\n').concat('\n'))
  const args = ['-D', '-e', '-f', file, ...unlessUnknown(program, file)]
  const argv = [...END_WITH_US, ...inside, program, ...args]
  const { running, port } = await listenAt(listen.at(-1) ?? '', argv)
  const [type = '', key = ''] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ')
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    clientKey,
    hostKeyLine: `${type} ${key}`,
    log: () => running.heard('stderr'),
    stop: () => running.kill(),
  }
}

/** Starts it on a free port; the last of its addresses is the last that it tells of. */
async function listenAt(
  last: string,
  argv: readonly string[],
): Promise<{ running: Running; port: number }> {
  let failure: unknown
  for (let i = 0; i < TRIES; i++) {
    const port = await findFreePort()
    const running = start([...argv, '-p', String(port)], { limit: FOR_LONG, input: '' })
    try {
      await running.says(`Server listening on ${last} port ${port}.`, 'stderr')
      return { running, port }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function baseConfig(folder: string, hostKey: string): string[] {
  return [
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'UseDNS no',
    'PermitUserRC no',
    // what the user's shell does at its start is no affair of the tests
    `SetEnv HOME=${folder}`,
    'PrintMotd no',
    'PrintLastLog no',
    'LogLevel INFO',
    'MaxStartups 1000',
    'MaxSessions 1000',
    'Subsystem sftp internal-sftp',
  ]
}

/** From 9.8 on it punishes who connects often without logging in, which is what tests do. */
function unlessUnknown(program: string, file: string): string[] {
  const option = ['-o', 'PerSourcePenalties=no']
  const known = spawnSync(program, ['-t', '-f', file, ...option]).status === 0
  return known ? option : []
}

async function makeKey(folder: string, name: string): Promise<string> {
  const file = join(folder, name)
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file])
  return file
}

/** sshd re-executes itself, so that it wants to be called by its absolute path. */
function findSshd(): string {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, 'sshd')).find((path) => existsSync(path))
  if (found === undefined) throw new Error('no sshd on this computer: install openssh-server')
  return found
}
