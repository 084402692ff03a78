import { chmodSync } from 'node:fs'
import { findProgram } from '../../src/daemons/find-program.ts'
import type { Home } from './byway.ts'
import type { Sshd } from './sshd.ts'

/** What the ssh of a home is configured by; all of it may be left out. */
export interface GatewayOptions {
  /** names that the gateway's host key is known by; its address alone when they are left out */
  readonly names?: readonly string[]
  /** path of the key that opens the gateway, instead of its own; null: none is configured */
  readonly key?: string | null
  /** further lines of ssh_config(5), before the others */
  readonly lines?: readonly string[]
}

/** Puts an ssh into the home whose own configuration knows how to log in to the gateway. */
export function installSsh(
  home: Home,
  { port, hostKeyLine, clientKey }: Sshd,
  { names = [`[127.0.0.1]:${port}`], key = clientKey, lines = [] }: GatewayOptions = {},
): void {
  const known = names.map((name) => `${name} ${hostKeyLine}\n`).join('')
  const knownHosts = home.writeFile('known_gate', known)
  const all = [
    ...lines,
    'Host *',
    ...(key === null ? [] : [`IdentityFile "${key}"`]),
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile "${knownHosts}"`,
    'GlobalKnownHostsFile /dev/null',
  ]
  const config = home.writeFile('gate_config', `${all.join('\n')}\n`)
  // another -F that ssh is given goes after this one, and counts
  installProgram(home, 'ssh', `exec ${findProgram('ssh', process.env['PATH'])} -F "${config}" "$@"`)
}

/** Puts a script for sh into the home's PATH. */
export function installProgram(home: Home, name: string, script: string): void {
  chmodSync(home.writeFile(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755)
}
