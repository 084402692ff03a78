import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Artefact, Home, SCRIPT } from './byway.ts'
import { mustRun } from './program.ts'

/** A user whom the system does not know, and who runs nothing else. */
const UID = 54_321

/** A home of a user who is not in the user database; its byway is a copy, as he may read nothing of ours. */
export async function makeStranger(): Promise<{ home: Home; inside: readonly string[] }> {
  const home = new Home(SCRIPT)
  const file = join(home.folder, 'bin/byway.js')
  copyFileSync(SCRIPT.file, file)
  chmodSync(file, 0o755)
  const artefact: Artefact = { ...SCRIPT, file, argv: [process.execPath, file] }
  Object.assign(home, { artefact })
  await mustRun(['chown', '-R', String(UID), home.folder])
  const inside = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--']
  return { home, inside }
}
