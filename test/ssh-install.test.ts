import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findDrift, renewInstalled } from '../src/ssh-drift.ts'
import { planInstall, planUninstall } from '../src/ssh-install.ts'
import { readInstallation } from '../src/ssh-places.ts'
import { caughtByway } from './helpers/errors.ts'
import { InventoryHome, plainInventory } from './helpers/inventory-home.ts'

const test = suite('byway in ~/.ssh')

const SELF = [process.execPath]
const VOICE = { tell: () => {}, progress: () => {} }

/** A home whose `~/.ssh/config` says this; null: there is none; undefined: and no `~/.ssh` either. */
class SshHome extends InventoryHome {
  readonly ssh = join(this.folder, '.ssh')
  readonly config = join(this.ssh, 'config')
  readonly own = join(this.ssh, 'byway.conf')

  constructor(config?: string | null) {
    super()
    this.write('config/byway/inventory.json', plainInventory({ web: '192.0.2.1' }))
    Object.assign(process.env, this.env)
    if (config === undefined) return
    mkdirSync(this.ssh, { mode: 0o700 })
    if (config !== null) writeFileSync(this.config, config, 'latin1')
  }

  async install(fdpass = false): Promise<readonly string[]> {
    const wish = { self: SELF, sources: {}, fdpass }
    const { steps, carryOut } = await planInstall(wish, readInstallation(this.env), VOICE)
    await carryOut()
    return steps
  }

  async uninstall(): Promise<readonly string[]> {
    const { steps, carryOut } = planUninstall(readInstallation(this.env))
    await carryOut()
    return steps
  }

  drift(): Promise<string[]> {
    return findDrift(readInstallation(this.env), { self: SELF }, VOICE)
  }

  text(): string {
    return readFileSync(this.config, 'latin1')
  }
}

/** What users have. */
const CONFIGS: Readonly<Record<string, string>> = {
  'an empty file': '',
  'a usual file': 'Host web\n  HostName 192.0.2.7\n\nHost *\n  User me\n',
  'no final newline': 'Host *\n  User me',
  CRLF: 'Host *\r\n  User me\r\n',
  'bytes that are no text': '# \xff\xfe\x80\nHost *\n',
}

for (const [name, config] of Object.entries(CONFIGS)) {
  test(`${name} is given back byte for byte`, async () => {
    const home = new SshHome(config)
    await home.install()
    assert.ok(home.text().endsWith(config) && home.text().length > config.length)
    assert.equal(await home.drift(), [])
    await home.uninstall()
    assert.is(home.text(), config)
    assert.equal(readdirSync(home.ssh), ['config'])
  })
}

test('no file is given back as no file', async () => {
  const home = new SshHome(null)
  await home.install()
  assert.ok(existsSync(home.config))
  await home.uninstall()
  assert.equal(readdirSync(home.ssh), [])
})

test('no folder is given back as no folder', async () => {
  const home = new SshHome()
  await home.install()
  assert.ok(existsSync(home.own))
  await home.uninstall()
  assert.not.ok(existsSync(home.ssh))
})

test('what a person has added since stays', async () => {
  const home = new SshHome()
  await home.install()
  writeFileSync(home.config, `${home.text()}Host mine\n`)
  await home.uninstall()
  assert.is(home.text(), 'Host mine\n')
})

test('an Include that a person wrote is used, and stays', async () => {
  const home = new SshHome(null)
  const config = `# mine\nInclude ${home.own}\n`
  writeFileSync(home.config, config)
  assert.is((await home.install()).length, 1)
  assert.is(home.text(), config)
  await home.uninstall()
  assert.is(home.text(), config)
  assert.not.ok(existsSync(home.own))
})

test('a second time there is nothing to do', async () => {
  const home = new SshHome('Host *\n')
  assert.is((await home.install()).length, 2)
  const text = home.text()
  assert.equal(await home.install(), [])
  assert.is(home.text(), text)
  await home.uninstall()
  assert.equal(await home.uninstall(), [])
})

test('one that was killed in the middle is finished by the next', async () => {
  const home = new SshHome('Host *\n')
  await home.install()
  writeFileSync(home.config, 'Host *\n')
  writeFileSync(`${home.config}.byway-new`, 'half')
  assert.is((await home.install()).length, 1)
  await home.uninstall()
  assert.is(home.text(), 'Host *\n')
  assert.equal(readdirSync(home.ssh), ['config'])
})

test('a link to a file elsewhere stays a link', async () => {
  const home = new SshHome(null)
  const dotfile = home.write('dotfiles/ssh', 'Host *\n')
  symlinkSync(dotfile, home.config)
  await home.install()
  assert.match(readFileSync(dotfile, 'utf8'), /^Include .*\nHost \*\n$/)
  await home.uninstall()
  assert.is(readFileSync(dotfile, 'utf8'), 'Host *\n')
})

test("somebody else's file of that name is not replaced", async () => {
  const home = new SshHome(null)
  writeFileSync(home.own, 'Host mine\n')
  const error = await caughtByway('USAGE', home.install())
  assert.match(error.message, 'was not written by "byway ssh-config --install"')
  assert.is(readFileSync(home.own, 'utf8'), 'Host mine\n')
  assert.not.ok(existsSync(home.config))
})

test('options that ssh does not know are not let into its configuration', async () => {
  const home = new SshHome('Host *\n')
  const peers = { web: { host: '192.0.2.1', SSHOptions: ['-oNoSuchThing=1'] } }
  home.write('config/byway/inventory.json', { networks: { internet: { peers } } })
  home.write('config/byway/config.json', { allowCommands: true })
  await home.install()
  assert.not.match(readFileSync(home.own, 'utf8'), /nosuchthing/i)
  assert.equal(await home.drift(), [])
})

test('drift is named', async () => {
  const home = new SshHome('Host *\n')
  assert.match((await home.drift()).join(), 'byway is not installed')
  await home.install()
  home.write('config/byway/inventory.json', plainInventory({ mail: '192.0.2.1' }))
  const [lacks = '', has = '', ...others] = await home.drift()
  assert.match(lacks, 'lacks mail')
  assert.match(has, 'has web, not in the inventory')
  assert.equal(others, [])
  assert.equal(await renewInstalled(home.env, SELF, VOICE), { path: home.own, changed: true })
  assert.equal(await home.drift(), [])
  assert.equal(await renewInstalled(home.env, SELF, VOICE), { path: home.own, changed: false })
  writeFileSync(home.config, 'Host *\n  Include byway.conf\n')
  assert.match((await home.drift()).join(), 'has no line "Include ')
})

test('what was installed with fd passing stays so', async () => {
  const home = new SshHome('Host *\n')
  await home.install(true)
  home.write('config/byway/inventory.json', plainInventory({ mail: '192.0.2.1' }))
  await renewInstalled(home.env, SELF, VOICE)
  assert.match(readFileSync(home.own, 'utf8'), 'ProxyUseFdpass yes')
})

test('nothing is renewed where nothing is installed', async () => {
  assert.is(await renewInstalled(new SshHome('Host *\n').env, SELF, VOICE), null)
})

test.run()
