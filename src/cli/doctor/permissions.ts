import { accessSync, constants, lstatSync, type Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { homeOf } from '../../children/environment.ts'
import { BywayError, messageOf } from '../../core/errors.ts'
import { runtimeFolder } from '../../daemon-folders.ts'
import { xdgFolder } from '../../inventory/locate.ts'
import { lookAt, whoElseWrites } from '../../inventory/ownership.ts'
import { findForeigner, findPlaces } from '../../ssh-places.ts'
import {
  AS_OWNER,
  type Check,
  type Finding,
  failure,
  good,
  type Patient,
  warning,
} from './check.ts'

/** Bits of a mode that let others write (stat(2)). */
const WRITABLE = 0o022
/** Bits that let others do anything. */
const OPEN = 0o077

/** Who may do what with the files that a login depends on? */
export const permissions: Check = {
  name: 'permissions',
  run: ({ env }) => {
    const found = [
      ...sshFiles(env),
      ...[xdgFolder('CONFIG', env), '/etc/byway'].flatMap((folder) => [
        ...refusedFile(join(folder, 'config.json')),
        ...ownFile(join(folder, 'inventory.json')),
      ]),
      ...ownFolders(env),
      ...sockets(env),
    ]
    return found.length > 0 ? found : [good('nobody else can write what byway and ssh read')]
  },
}

/** ssh ends with "Bad owner or permissions" where others may write (readconf.c). */
function sshFiles(env: Patient['env']): Finding[] {
  const { config, own, folder } = findPlaces(env)
  const owner = findForeigner(folder)
  if (owner !== null) {
    return [warning(`${folder} is user ${owner}'s: byway changes nothing there`, AS_OWNER)]
  }
  const files = [config, own].flatMap((path) => {
    const stat = lookAt(path)
    if (stat === null) return []
    if (!mayRead(path)) {
      const mend = stat.uid === process.getuid?.() ? 'chmod u+r' : 'sudo chown $USER'
      return [failure(`${path} cannot be read: ssh ends over it`, `${mend} ${path}`)]
    }
    if (isForeign(stat))
      return [failure(`${path} belongs to another user`, `sudo chown $USER ${path}`)]
    if (!mayWrite(stat)) return []
    return [failure(`${path} can be written by others: ssh refuses it`, `chmod go-w ${path}`)]
  })
  const stat = lookAt(folder)
  if (stat === null || !mayWrite(stat)) return files
  return [...files, warning(`${folder} can be written by others`, `chmod 700 ${folder}`)]
}

/** What says which programs are run: byway ends with CONFIG where it may be another's. */
function refusedFile(path: string): Finding[] {
  const fault = whoElseWrites(path)
  return fault === null
    ? []
    : [failure(`${path}: ${fault}: byway refuses it`, `chmod go-w ${path}`)]
}

function ownFile(path: string): Finding[] {
  const fault = whoElseWrites(path)
  return fault === null ? [] : [warning(`${path}: ${fault}`, `chmod go-w ${path}`)]
}

function ownFolders(env: Patient['env']): Finding[] {
  const home = resolve(homeOf(env))
  const found = (['CONFIG', 'CACHE', 'STATE'] as const).flatMap((kind) => {
    const path = xdgFolder(kind, env)
    const foreign = findForeign(path, home)
    // what is only read may be root's
    const isDeployed = kind === 'CONFIG' && foreign !== null && isReadableOfRoot(foreign)
    if (foreign !== null && !isDeployed) return [belongsToAnother(foreign, home)]
    return kind === 'CONFIG' ? [] : privateFolder(path)
  })
  return [...new Map(found.map((finding) => [finding.text, finding])).values()]
}

/** The highest folder below which all is another's on the way from the home; null: there is none. */
function findForeign(path: string, home: string): string | null {
  let highest: string | null = null
  for (let at = path; ; at = dirname(at)) {
    const uid = lookAt(at, lstatSync)?.uid
    if (uid === process.geteuid?.()) return highest
    if (uid !== undefined) highest = at
    if (at === home || !at.startsWith(`${home}/`)) return highest
  }
}

function belongsToAnother(path: string, home: string): Finding {
  const text = `${path} belongs to another user`
  if (path !== home) return warning(text, `sudo chown -R $USER ${path}`)
  return warning(`${text}: nothing is kept in it`, 'use a home of your own, as "sudo -H" does')
}

function privateFolder(path: string): Finding[] {
  const stat = lookAt(path)
  if (stat === null) return []
  if (isForeign(stat))
    return [warning(`${path} belongs to another user`, `sudo chown -R $USER ${path}`)]
  return (stat.mode & OPEN) === 0 ? [] : [warning(`others can enter ${path}`, `chmod 700 ${path}`)]
}

function sockets(env: Patient['env']): Finding[] {
  try {
    runtimeFolder(env)
    return []
  } catch (error) {
    const hint = error instanceof BywayError ? error.hint : undefined
    return [warning(messageOf(error), hint ?? 'set XDG_RUNTIME_DIR')]
  }
}

function mayWrite({ mode }: Stats): boolean {
  return (mode & WRITABLE) !== 0
}

function isReadableOfRoot(path: string): boolean {
  return lookAt(path)?.uid === 0 && mayRead(path)
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

function isForeign({ uid }: Stats): boolean {
  return uid !== 0 && uid !== process.getuid?.()
}
