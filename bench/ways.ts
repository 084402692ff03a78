/** The ways by which ssh may reach a machine: with no proxy command, by byway, and by its peers. */
import { EXECUTABLE, Home } from '../test/helpers/byway.ts'
import { MACHINE, SNIPPETS, SshClient } from '../test/helpers/ssh-client.ts'
import type { Sshd } from '../test/helpers/sshd.ts'

/** One way, and an ssh that goes it. */
export interface WayTo {
  readonly name: string
  readonly home: Home
  readonly client: SshClient
}

/** Plain ssh first, then nc, nc with fd passing, and byway both ways. */
export function waysTo(sshd: Sshd): WayTo[] {
  const { host, port } = sshd
  const plain = `Host ${MACHINE}\n  HostName ${host}\n  Port ${port}\n  HostKeyAlias ${MACHINE}\n`
  const nc = `${plain}  ProxyCommand nc.openbsd %h %p\n`
  const passing = `${plain}  ProxyCommand nc.openbsd -F %h %p\n  ProxyUseFdpass yes\n`
  return [
    way('ssh', sshd, (home) => home.writeFile('plain.conf', plain)),
    way('ssh, nc', sshd, (home) => home.writeFile('nc.conf', nc)),
    way('ssh, nc -F', sshd, (home) => home.writeFile('passing.conf', passing)),
    way('ssh, byway', sshd, () => SNIPPETS.relay),
    way('ssh, byway --fdpass', sshd, () => SNIPPETS.fdpass),
  ]
}

function way(name: string, sshd: Sshd, include: (home: Home) => string): WayTo {
  const home = new Home(EXECUTABLE)
  const { host, port } = sshd
  home.writeInventory({ networks: { only: { peers: { [MACHINE]: { host, port } } } } })
  return { name, home, client: new SshClient({ home, sshd, include: include(home) }) }
}
