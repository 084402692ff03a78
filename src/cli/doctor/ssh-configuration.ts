import { accessSync, constants } from 'node:fs'
import { messageOf } from '../../core/errors.ts'
import { findDrift } from '../../ssh-drift.ts'
import { findForeigner, type Installation, readInstallation } from '../../ssh-places.ts'
import { askSsh, type SshSettings } from '../../ssh-settings.ts'
import { makeVoice } from '../ui/voice.ts'
import {
  AS_OWNER,
  type Check,
  type Finding,
  failure,
  good,
  type Patient,
  someOf,
  warning,
} from './check.ts'

const INSTALL = 'byway ssh-config --install'
/** Machines that ssh is asked about. */
const MOST = 50

/** Does ssh call byway for the machines, and is what it calls there? */
export const sshConfiguration: Check = {
  name: 'configuration',
  run: async (patient) => {
    const at = readFiles(patient)
    if (at === null) return examineSsh(patient)
    const elsewhere = at.readInstead === null ? [] : [notRead(at, at.readInstead)]
    return [...elsewhere, ...(await examineInstalled(at, patient)), ...(await examineSsh(patient))]
  },
}

/** Null: one cannot be read; which, and why, is an affair of permissions. */
function readFiles({ env }: Patient): Installation | null {
  try {
    return readInstallation(env)
  } catch {
    return null
  }
}

function notRead({ folder }: Installation, path: string): Finding {
  const isOurs = findForeigner(folder) === null
  const mend = isOurs ? 'ssh -F ~/.ssh/config …' : AS_OWNER
  return warning(`$HOME is not your home: ssh reads ${path}`, mend)
}

/** byway's own file, where it has one; a configuration written by hand is as good. */
async function examineInstalled(at: Installation, { world, self }: Patient): Promise<Finding[]> {
  if (at.recipe === null || world === null) return []
  const program = at.recipe.self.find((path) => !isThere(path))
  if (program !== undefined) {
    return [failure(`${at.own.path} runs ${program}, which is not there`, INSTALL)]
  }
  try {
    const drift = await findDrift(at, { self }, makeVoice(0))
    return drift.map((text) => warning(text, INSTALL))
  } catch (error) {
    return [warning(`${at.own.path} cannot be written anew: ${messageOf(error)}`, INSTALL)]
  }
}

/** What ssh itself says of the first machines. */
async function examineSsh({ world, signal }: Patient): Promise<Finding[]> {
  const own = world?.self()?.name
  const all = Array.from(world?.inventory.machines() ?? [], ({ name }) => name)
  const names = all.filter((name) => name !== own).slice(0, MOST)
  const passed: string[] = []
  const silent: string[] = []
  const other = new Map<string, string[]>()
  for (const name of names) {
    signal.throwIfAborted()
    const settings = await askSsh(name, null)
    if (settings === null) silent.push(name)
    else if (settings.byway) passed.push(name)
    else add(other, describe(settings), name)
    // what ssh cannot say of one it will not say of the next
    if (silent.length > 0) break
  }
  return [
    ...(passed.length > 0 ? [good(`ssh calls byway for ${someOf(passed)}`)] : []),
    ...silent.map((name) => failure(`"ssh -G ${name}" fails`, `ssh -G ${name}`)),
    ...[...other].map(([what, some]) => failure(`${what} for ${someOf(some)}`, INSTALL)),
  ]
}

function describe({ proxycommand }: SshSettings): string {
  if (proxycommand === null) return 'ssh does not call byway'
  return `ssh calls "${proxycommand.slice(0, 60)}", not byway,`
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  map.set(key, [...(map.get(key) ?? []), value])
}

/** A script is there when it can be read; a program has to be executable. */
function isThere(path: string): boolean {
  try {
    accessSync(path, path.endsWith('.js') ? constants.R_OK : constants.X_OK)
    return true
  } catch {
    return false
  }
}
