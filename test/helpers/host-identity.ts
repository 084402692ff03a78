import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from './cleanup.ts'
import { mustRun } from './program.ts'

/** A host key, and where a clan keeps what is public of it. */
const HOST_KEY = (machine: string) => `vars/per-machine/${machine}/openssh/ssh.id_ed25519.pub/value`
const AUTHORITY = 'vars/shared/openssh-ca/id_ed25519.pub/value'

/** Puts a machine's public host key into a clan's vars, as Clan does. */
export function putHostKey(clan: string, machine: string, line: string): void {
  put(join(clan, HOST_KEY(machine)), `${line}\n`)
}

/** A key pair of ssh-keygen's: the path of the private key. */
export async function makeKeyPair(): Promise<string> {
  const file = join(makeFolder(), 'key')
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])
  return file
}

/** What is public of it: `type base64 comment`. */
export function publicLineOf(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8').trim()
}

/** A host key that an authority has signed for these names, as sshd is to be told of it. */
export async function makeCertified(
  authority: string,
  names: readonly string[],
): Promise<{ key: string; config: string[] }> {
  const key = await makeKeyPair()
  const sign = ['-I', 'test', '-h', '-n', names.join(','), `${key}.pub`]
  await mustRun(['ssh-keygen', '-q', '-s', authority, ...sign])
  return { key, config: [`HostKey ${key}`, `HostCertificate ${key}-cert.pub`] }
}

/** Puts an authority's public key into a clan's vars, as Clan does. */
export function putAuthority(clan: string, authority: string): void {
  put(join(clan, AUTHORITY), `${publicLineOf(authority)}\n`)
}

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
