/** What the manual page says beyond the help. Lines of mdoc(7), or plain text where a pair says so. */
import type { ExitName } from '../src/core/errors.ts'

export const DESCRIPTION = [
  '.Nm',
  'takes',
  '.Xr ssh 1',
  'to a machine by the best of the networks that lead to it.',
  'It knows the networks and their machines from an inventory,',
  'and is what ssh calls to connect, its',
  '.Cm ProxyCommand :',
  'it tries the networks in the order of their priority,',
  'close behind each other, and gives ssh the first good one.',
  '.Pp',
  'A machine is accepted as',
  '.Ar name',
  'and as',
  '.Ar name . Ns Ar domain .',
  'Port 22 means the port that the inventory has for the machine.',
]

/** Plain text. */
export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['BYWAY_INVENTORY', 'The inventory file, where --inventory does not name one.'],
  [
    'BYWAY_FLAKE',
    "The clan's flake, where --flake does not name one. CLAN_DIR is the same, asked last.",
  ],
  ['BYWAY_CONFIG', 'The configuration file, where --config does not name one.'],
  ['NO_COLOR', 'When it is set and not empty, nothing is coloured.'],
  [
    'XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_RUNTIME_DIR',
    'Where files are, instead of the places below.',
  ],
]

/** Plain text. */
export const FILES: readonly (readonly [string, string])[] = [
  ['~/.config/byway/inventory.json', 'The inventory; after it, /etc/byway/inventory.json.'],
  [
    '~/.config/byway/config.json',
    'The configuration; what it does not say, /etc/byway/config.json does.',
  ],
  [
    '~/.cache/byway/',
    'The compiled inventory, evaluations of flakes, and which networks were dead. Safe to delete, holds no secret.',
  ],
  ['~/.ssh/byway.conf', 'What "byway ssh-config --install" writes, and ~/.ssh/config includes.'],
  ['~/.local/state/byway/log', 'Why the last connects failed.'],
  ['~/.local/state/byway/connects', 'How the last connects went, for "byway explain --last".'],
  [
    '~/.local/state/byway/tor/ ~/.local/state/byway/net.*/',
    'What daemons keep; the name ends in -tmp where their sockets are below the temporary folder.',
  ],
  [
    '~/.local/state/byway/*.exports.json',
    'Exports of flakes with onion names or tickets in clear, which the cache may not hold.',
  ],
  [
    '~/.local/state/byway/runtime-folder.*',
    'Names the folder for sockets, where XDG_RUNTIME_DIR has none.',
  ],
]

/** What each exit status means. Plain text. */
export const STATUSES: Readonly<Record<ExitName, string>> = {
  OK: 'done',
  USAGE: 'bad flags or arguments',
  DATAERR: 'an inventory or a secret that does not parse or validate',
  NOINPUT: 'a named file, or a var, is not there or cannot be read',
  NOHOST: 'unknown machine or network',
  UNAVAILABLE: 'the machine is known, no route answered',
  SOFTWARE: 'a bug in byway',
  IOERR:
    'the connection broke after bytes had flowed, or what byway writes (a file, stdout) cannot be written',
  NOPERM:
    'a var cannot be decrypted with the keys at hand, or no private folder for sockets can be made',
  CONFIG: 'the configuration file is wrong',
}

/** The statuses that are none of sysexits.h. */
export const OTHER_STATUSES = [
  '.Cm ssh-config',
  '.Fl -check',
  'ends with 1 when something is to be done,',
  '.Cm doctor',
  'when something would stop a login;',
  '.Cm ssh',
  'ends with the status of',
  '.Xr ssh 1 .',
  'A signal ends',
  '.Nm',
  'as it ends any program.',
]

export const EXAMPLES = [
  'An inventory of one machine in two networks:',
  '.Bd -literal -offset indent',
  '{ "networks": {',
  '  "internet": { "priority": 2000,',
  '    "peers": { "web01": { "host": "web01.example.net" } } },',
  '  "office": { "priority": 1500, "socks": "127.0.0.1:1080",',
  '    "peers": { "web01": { "host": "web01.lan" } } } } }',
  '.Ed',
  '.Pp',
  'ssh through',
  '.Nm ,',
  'with nothing configured, and what the race for the machine was:',
  '.Bd -literal -offset indent',
  '$ byway ssh web01',
  '$ byway explain web01',
  '.Ed',
]

export const SEE_ALSO = ['.Xr ssh 1 ,', '.Xr ssh_config 5']
