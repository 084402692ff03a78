import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { atExit } from '../helpers/cleanup.ts'
import { killTree } from '../helpers/proc.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { readExactly } from '../helpers/streams.ts'
import type { Traveller } from '../helpers/ways.ts'

/** A session that returns what it is sent, for hours: nothing of it is kept. */
export class EchoSession {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #ended: Promise<unknown[]>

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child
    this.#ended = once(child, 'exit')
    child.stdin.on('error', () => {})
    const kill = atExit(() => killTree(child.pid ?? 0))
    void this.#ended.then(kill)
  }

  /** Opens one; resolves when it has returned its first bytes. */
  static async open({ home, ssh }: Traveller): Promise<EchoSession> {
    const child = spawn('ssh', ['-F', ssh.config, MACHINE, 'exec cat'], {
      env: home.env,
      cwd: home.folder,
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const session = new EchoSession(child)
    await session.exchange(Buffer.from('in'))
    return session
  }

  /** Sends the bytes. Rejects when others come back, or the session ends. */
  async exchange(bytes: Buffer): Promise<void> {
    const back = readExactly(this.#child.stdout, bytes.length)
    this.#child.stdin.write(bytes)
    if (!(await back).equals(bytes)) throw new Error('other bytes came back than were sent')
  }

  /** Ends it; the exit status of ssh, null after a signal. */
  async end(): Promise<number | null> {
    this.#child.stdin.end()
    await this.#ended
    return this.#child.exitCode
  }
}
