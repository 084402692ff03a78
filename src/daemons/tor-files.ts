import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The paths of one tor of ours. */
export interface TorFiles {
  readonly torrc: string
  readonly socks: string
  readonly control: string
  readonly cookie: string
}

/**
 * Writes the torrc of one run into its folder. Everything in there is of this run alone, so that
 * nothing of an earlier one is ever taken for it. Lines that the user's own torrc has as well are
 * overruled by these; its bridges and transports stay (tor(1), --defaults-torrc).
 */
export function writeTorFiles(folder: string, data: string): TorFiles {
  const files = {
    torrc: join(folder, 'torrc'),
    socks: join(folder, 'socks'),
    control: join(folder, 'control'),
    cookie: join(folder, 'cookie'),
  }
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(files.torrc, `${torrcLines(files, data).join('\n')}\n`, { mode: 0o600 })
  return files
}

function torrcLines({ socks, control, cookie }: TorFiles, data: string): string[] {
  return [
    `DataDirectory ${quote(data)}`,
    `SocksPort unix:${quote(socks)} ExtendedErrors OnionTrafficOnly IsolateSOCKSAuth`,
    'ORPort 0',
    'DirPort 0',
    // ControlSocket, which says the same, takes no path with a space
    `ControlPort unix:${quote(control)}`,
    'CookieAuthentication 1',
    `CookieAuthFile ${quote(cookie)}`,
    `__OwningControllerProcess ${process.pid}`,
    'DormantCanceledByStartup 1',
    'SafeLogging 1',
    'RunAsDaemon 0',
    'Log notice stdout',
  ]
}

/** tor reads C-style escapes between double quotes (tor(1), "The configuration file format"). */
function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`
}
