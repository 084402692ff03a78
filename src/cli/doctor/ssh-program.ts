import { execFile } from 'node:child_process'
import { withoutKeys } from '../../children/environment.ts'
import { type Check, type Finding, failure, good, warning } from './check.ts'

const INSTALL = 'sudo apt install openssh-client'

/** Since when OpenSSH has what byway's configuration uses (its release notes). */
const SINCE = [
  { version: 6.5, option: 'ProxyUseFdpass', without: 'ssh-config --fdpass cannot be used' },
  { version: 8.5, option: 'KnownHostsCommand', without: 'ssh asks at the first login' },
] as const

/** Is there an OpenSSH, and is it new enough? */
export const sshProgram: Check = {
  name: 'ssh',
  run: async ({ signal }) => judge(await readVersion(signal)),
}

/** `said`: what `ssh -V` says; null: there is no ssh. */
export function judge(said: string | null): Finding[] {
  if (said === null) return [failure('there is no program "ssh"', INSTALL)]
  const [shown, number] = /OpenSSH_(\d+\.\d+)\S*/.exec(said) ?? []
  if (shown === undefined || number === undefined) {
    const words = said.trim().slice(0, 60)
    return [warning(`"${words}" is not OpenSSH, for which byway is made`, INSTALL)]
  }
  const lacking = SINCE.filter(({ version }) => Number.parseFloat(number) < version)
  if (lacking.length === 0) return [good(shown)]
  return lacking.map(({ version, option, without }) =>
    warning(`${shown} has no ${option} (since ${version}): ${without}`, INSTALL),
  )
}

/** It goes to stderr (ssh(1), `-V`). */
function readVersion(signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('ssh', ['-V'], { signal, env: withoutKeys(process.env) }, (error, stdout, stderr) => {
      resolve(error?.code === 'ENOENT' ? null : stdout + stderr)
    })
  })
}
