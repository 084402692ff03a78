import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './cleanup.ts'
import { findFreePort } from './listen.ts'
import { FOR_LONG, type Running, start } from './program.ts'

/** Free ports that may turn out to be taken by somebody else. */
const TRIES = 5

/** A real HTTP proxy (tinyproxy) on loopback, for whoever has user and password. */
export interface Tinyproxy {
  readonly user: string
  readonly password: string
  readonly port: number
  /** What it logged so far. */
  log(): string
  stop(): void
}

/** Starts it, and waits until it listens. */
export async function startTinyproxy(): Promise<Tinyproxy> {
  const folder = makeFolder()
  const [user, password] = ['wallaby', 'correct-horse']
  for (let i = 0; i < TRIES; i++) {
    const port = await findFreePort()
    const file = join(folder, `tinyproxy-${i}.conf`)
    const login = `BasicAuth ${user} ${password}`
    writeFileSync(
      file,
      ['Listen 127.0.0.1', `Port ${port}`, login, 'MaxClients 200', ''].join('\n'),
    )
    const running = start(['tinyproxy', '-d', '-c', file], { limit: FOR_LONG, input: '' })
    if (!(await listens(running))) continue
    return { user, password, port, log: () => running.heard(), stop: () => running.kill() }
  }
  throw new Error('tinyproxy does not listen (Debian package tinyproxy)')
}

async function listens(running: Running): Promise<boolean> {
  try {
    await running.says('Accepting connections')
    return true
  } catch {
    return false
  }
}
