import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../src/vars/backend.ts'
import { atExit, makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'

/** The environment of a home whose gpg has one key, of this user and without a passphrase. */
export async function makeGpgHome(user: string): Promise<Environment> {
  const home = makeFolder()
  const env = { HOME: home, GNUPGHOME: join(home, 'gpg'), PATH: process.env['PATH'] }
  mkdirSync(env.GNUPGHOME, { mode: 0o700 })
  atExit(() => spawnSync('gpgconf', ['--kill', 'all'], { env }))
  const generate = ['--quick-generate-key', user, 'future-default', 'default', 'never']
  await mustRun(['gpg', '--batch', '--quiet', '--passphrase', '', ...generate], { env })
  return env
}
