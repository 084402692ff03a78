import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { mustRun } from '../helpers/program.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))
const VAR = (machine: string) => ({ var: { machine, generator: 'tor_onion', file: 'hostname' } })

const doctor = suite('byway doctor')

/** Anything of a home that is made ill, and the findings that it then has. */
interface Case {
  ail(home: Home): void | Promise<void>
  readonly env?: Readonly<Record<string, string>>
  readonly status: number
  readonly findings: readonly RegExp[]
}

const CASES: Readonly<Record<string, Case>> = {
  'nothing is wrong': {
    ail: () => {},
    status: 0,
    findings: [
      /good ssh: OpenSSH_/,
      /good configuration: ssh calls byway for web -> null$/m,
      /good inventory: 1 machines in 1 networks/,
      /good networks: internet: /,
      /good permissions: /,
    ],
  },
  'not installed': {
    ail: async (home) => {
      await runByway(home, ['ssh-config', '--uninstall'])
    },
    status: 1,
    findings: [/failure .*ssh does not call byway for web -> byway ssh-config --install/],
  },
  'the program that was installed is gone': {
    ail: (home) => rmSync(join(home.folder, 'elsewhere/byway')),
    status: 1,
    findings: [
      /failure .*byway\.conf runs .*elsewhere\/byway, which is not there -> byway ssh-config --install/,
    ],
  },
  'another ProxyCommand stands before': {
    ail: (home) =>
      void home.writeFile('.ssh/config', 'Host *\n  ProxyCommand nc %h %p\nInclude byway.conf\n'),
    status: 1,
    findings: [/failure .*ssh calls "nc %h %p", not byway, for web/],
  },
  'a machine was added since': {
    ail: (home) => writeMachines(home, { web: '127.0.0.1', mail: '127.0.0.1' }),
    status: 1,
    findings: [/warning .*lacks mail -> byway ssh-config --install/, /failure .*for mail/],
  },
  'others may write the configuration of ssh': {
    ail: (home) => chmodSync(join(home.folder, '.ssh/config'), 0o666),
    status: 1,
    findings: [/failure permissions: .*config can be written by others.* -> chmod go-w /],
  },
  'others may write the inventory': {
    ail: (home) => chmodSync(join(home.folder, 'config/byway/inventory.json'), 0o666),
    status: 0,
    findings: [/warning permissions: .*inventory\.json: everybody may write it -> chmod go-w /],
  },
  'the inventory is broken': {
    ail: (home) => void home.writeFile('config/byway/inventory.json', '{ "networks": '),
    status: 1,
    findings: [/failure inventory: .*inventory\.json.* -> /],
  },
  'no network of the machine runs': {
    ail: (home) => {
      const peers = { web: { host: '10.0.0.1' } }
      home.writeInventory({ networks: { vpn: { technology: 'mycelium', peers } } })
    },
    status: 1,
    findings: [
      /warning networks: vpn: no interface with .* -> sudo systemctl start mycelium/,
      /failure networks: no way leads to web from here -> byway explain web/,
    ],
  },
  'vars: one is read, one is damaged, one has no key, one would ask': {
    ail: (home) => {
      const names = ['kestrel', 'wren', 'heron', 'pgponly']
      const peers = Object.fromEntries(names.map((name) => [name, { host: VAR(name) }]))
      home.writeConfig({ flake: join(FIXTURES, 'clan-sops'), inventory: 'inventory.json' })
      home.writeInventory({ networks: { tor: { technology: 'tor', peers } } })
    },
    env: { SOPS_AGE_KEY_FILE: join(FIXTURES, 'keys/user.txt') },
    status: 1,
    findings: [
      /good networks: var kestrel\/tor_onion\/hostname can be read/,
      /warning networks: .*wren/,
      /warning networks: .*heron/,
      /failure networks: no way leads to wren, heron.* from here/,
    ],
  },
}

for (const [title, { ail, env, status, findings }] of Object.entries(CASES)) {
  doctor(title, async () => {
    const home = await makeHome()
    await ail(home)
    const result = await runByway(home, ['doctor', '--json'], { env })
    const { healthy, findings: found } = JSON.parse(result.stdout.toString())
    const lines = found.map(
      (one: Record<string, string>) =>
        `${one['level']} ${one['check']}: ${one['text']} -> ${one['mend']}`,
    )
    const all = lines.join('\n')
    for (const pattern of findings) assert.match(all, pattern)
    assert.not.match(all, /[a-z2-7]{56}/)
    assert.is(result.status, status, all)
    assert.is(healthy, status === 0)
    assert.ok(
      lines.every((line: string) => /^good .* null$|^(warning|failure) .*-> (?!null)/.test(line)),
    )
  })
}

doctor('for people: a line each, what mends it below, and a sum', async () => {
  const home = await makeHome()
  await runByway(home, ['ssh-config', '--uninstall'])
  const { stdout, stderr, status } = await runByway(home, ['doctor'])
  assert.match(stdout.toString(), /^State +Of +Found\n/)
  assert.match(
    stdout.toString(),
    /^failure {2}configuration {2}ssh does not call byway for web\n {2,}mend: byway ssh-config --install$/m,
  )
  assert.match(stdout.toString(), /^1 would stop a login; warnings: \d+\n$/m)
  assert.equal([stderr, status], ['', 1])
})

doctor.run()

/** A home in which byway is installed, for an ssh that reads this home's configuration. */
async function makeHome(): Promise<Home> {
  const home = new Home(SCRIPT)
  mkdirSync(join(home.folder, 'elsewhere'))
  symlinkSync(join(home.folder, 'bin/byway'), join(home.folder, 'elsewhere/byway'))
  writeMachines(home, { web: '127.0.0.1' })
  const real = (await mustRun(['sh', '-c', 'command -v ssh'])).stdout.toString().trim()
  const wrapper = `#!/bin/sh
[ "$1" = -V ] && exec ${real} -V
[ -e ~/.ssh/config ] && exec ${real} -F ~/.ssh/config "$@"
exec ${real} -F none "$@"
`
  chmodSync(home.writeFile('bin/ssh', wrapper), 0o700)
  const path = `${join(home.folder, 'elsewhere')}:${home.env['PATH']}`
  const { status, stderr } = await runByway(home, ['ssh-config', '--install'], {
    env: { PATH: path },
  })
  assert.is(status, 0, stderr)
  return home
}

function writeMachines(home: Home, machines: Readonly<Record<string, string>>): void {
  const peers = Object.fromEntries(Object.entries(machines).map(([name, host]) => [name, { host }]))
  home.writeInventory({ networks: { internet: { peers } } })
}
