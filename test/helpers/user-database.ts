import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './cleanup.ts'

/**
 * A program and its arguments that run another one as a user of the database with this home. Needs
 * root.
 */
export function asUser(id: number, home: string): string[] {
  const users = readFileSync('/etc/passwd', 'utf8')
  const ids = [`--reuid=${id}`, `--regid=${id}`, '--clear-groups']
  return [...withDatabase(`${users}alice:x:${id}:${id}::${home}:/bin/sh\n`), 'setpriv', ...ids]
}

/**
 * A program and its arguments that run another one, for which the folder is this user's home: ssh
 * and sshd go by the user database, whatever `$HOME` is. Needs root.
 */
export function atHome(folder: string): string[] {
  const users = readFileSync('/etc/passwd', 'utf8')
  const own = users.split('\n').map((line) => {
    const [name, password, uid, gid, gecos, home, shell] = line.split(':')
    const moved = uid === String(process.getuid?.()) ? folder : home
    return shell === undefined ? line : [name, password, uid, gid, gecos, moved, shell].join(':')
  })
  return withDatabase(own.join('\n'))
}

function withDatabase(users: string): string[] {
  const database = join(makeFolder(), 'passwd')
  writeFileSync(database, users, { mode: 0o644 })
  const settle = `mount --bind "$0" /etc/passwd && exec "$@"`
  return ['unshare', '--mount', 'sh', '-c', settle, database]
}
