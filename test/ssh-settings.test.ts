import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSettings } from '../src/ssh-settings.ts'

const OWN = '/opt/elsewhere/tool.js'

const settings = suite('ssh settings')

for (const [command, expected] of Object.entries({
  '"/home/me/.local/bin/byway" connect %n %p': true,
  'env NODE_CHANNEL_FD=1 "/usr/bin/byway" connect --fdpass %n %p': true,
  'byway --config x connect %n %p': true,
  "/usr/bin/node '/srv/byway.js' connect %n %p": true,
  '/usr/bin/node /opt/elsewhere/tool.js connect %n %p': true,
  '/home/me/byways/other connect %n': false,
  'nc -X connect -x proxy.example:8080 %h %p': false,
  'byway ping %n': false,
})) {
  settings(`${command}: ${expected ? 'byway' : 'not byway'}`, () => {
    const found = readSettings(`hostname web01\nproxycommand ${command}\n`, OWN)
    assert.equal([found?.proxycommand, found?.byway], [command, expected])
  })
}

settings('reads name, port and user', () => {
  const text = 'user deploy\nhostname web01.example\nport 2222\nproxycommand none\n'
  assert.equal(readSettings(text, OWN), {
    hostname: 'web01.example',
    port: 2222,
    user: 'deploy',
    proxycommand: null,
    byway: false,
  })
})

settings('a text that is none of them is null', () => {
  assert.is(readSettings('', OWN), null)
  assert.is(readSettings('Bad configuration option\n', OWN), null)
})

settings.run()
