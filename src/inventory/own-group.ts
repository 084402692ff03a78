import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whose group it may be. */
export interface Person {
  /** effective */
  readonly uid: number
  readonly gid: number
}

/**
 * True for a group that is the user's alone: his own one (egid), of his number or of his name, that
 * nobody else has, by passwd(5) and group(5). Where useradd makes a group for each user, what he
 * makes is often writable by it, and numbers drift apart. `folder` is that of both files.
 */
export function isOwnGroup(group: number, { uid, gid }: Person, folder = '/etc'): boolean {
  if (group !== gid) return false
  const users = readRows(join(folder, 'passwd'))
  const name = users.find(([, , number]) => Number(number) === uid)?.[0]
  const shares = users.some(([other, , , primary]) => Number(primary) === gid && other !== name)
  const rows = readRows(join(folder, 'group')).filter(([, , number]) => Number(number) === gid)
  const members = rows.flatMap(([, , , names = '']) => names.split(',').filter((one) => one !== ''))
  const isNamed = gid === uid || (name !== undefined && rows.some(([its]) => its === name))
  return isNamed && !shares && members.every((member) => member === name)
}

/** No rows where there is no such file. */
function readRows(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter((row) => row.length >= 4)
  } catch {
    return []
  }
}
