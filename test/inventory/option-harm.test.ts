import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { harmOf } from '../../src/inventory/option-harm.ts'
import { parseInventory } from '../../src/inventory/parse.ts'
import { readSshOptions } from '../../src/inventory/ssh-options.ts'

const test = suite('inventory/option-harm')

/** What a shell and ssh 10 put a variable in the place of. */
const TOKEN = '$'.concat('{TOKEN}')

/** Each line: what ssh does with these words, and the words in many spellings. */
const HARMFUL: Readonly<Record<string, readonly string[][]>> = {
  'runs a program': [
    ['-oProxyCommand=x'],
    ['-oproxycommand x'],
    ['-o', ' ProxyCommand = x'],
    ['-o"ProxyCommand" x'],
    ['-o"ProxyCommand"=none'],
    ['-vo', 'LocalCommand=x'],
    ['-4CvoLocalCommand=x'],
    ['-oPermitLocalCommand=yes'],
    ['-oKnownHostsCommand=x'],
    ['-oPKCS11Provider=x'],
    ['-oSmartcardDevice=x'],
    ['-oSecurityKeyProvider=x'],
    ['-oXAuthLocation=x'],
    ['-oMatch=exec x'],
    ['-oHost=*'],
    ['-oInclude=x'],
    ['-F', 'x'],
    ['-F/tmp/x'],
    ['-CF', 'x'],
    ['-I', 'x'],
  ],
  'writes to a file, or trusts one': [
    // a machine called "restrict", and authorized_keys has a line that lets its host key in
    ['-oUserKnownHostsFile=/root/.ssh/authorized_keys'],
    ['-o', 'userknownhostsfile ~/.bashrc /dev/null'],
    ['-oGlobalKnownHostsFile=/tmp/x'],
    ['-E', '/root/.bashrc'],
    ['-vE/root/.bashrc'],
  ],
  'opens this computer to others': [
    ['-A'],
    ['-CA'],
    ['-AoCompression=yes'],
    ['-oForwardAgent=yes'],
    ['-oForwardAgent=$SSH_AUTH_SOCK'],
    ['-oIdentityAgent=/tmp/agent'],
    ['-oAddKeysToAgent=yes'],
    ['-X'],
    ['-Y'],
    ['-K'],
    ['-g'],
    ['-R', '8080:localhost:80'],
    ['-L8080:localhost:80'],
    ['-D', '1080'],
    ['-w', 'any'],
    ['-oRemoteForward=8080 localhost:80'],
    ['-S', '/tmp/socket'],
    ['-M'],
    ['-oControlPath=/tmp/socket'],
    ['-oSendEnv=*'],
    [`-oSetEnv=X=${TOKEN}`],
    ['-o', 'SetEnv "X=$HOME" Y=1'],
    ['-oTunnel=yes'],
  ],
  'fills in what your own configuration matches, and runs': [
    ['-oHostName=git.corp.example'],
    [`-ohostname x;touch${TOKEN}/tmp/x`],
    [`-oUser=$(touch${TOKEN}/tmp/x)`],
    [`-oUser=${TOKEN}`],
    ['-oUser="%h"'],
    ['-l', '$(id)'],
    ['-Cl%u'],
    ['-oHostKeyAlias=`id`'],
  ],
  'does what byway does not know': [['-oBrandNewCommand=x'], ['-oconstructor=x'], ['-P', 'tag']],
}

const HARMLESS: string[][] = [
  ['-4'],
  ['-vvC'],
  ['-oCompression=yes'],
  ['-oProxyUseFdpass=yes'],
  ['-oUser=ProxyCommand'],
  ['-l', 'me@work.example'],
  ['-oHostKeyAlias=web01.clan'],
  ['-oSetEnv=X=1 Y=%h'],
  ['-i', '~/.ssh/web', '-N'],
  ['-J', 'bastion'],
  ['-oProxyJump=bastion'],
  ['-oServerAliveInterval 5'],
  ['-oStrictHostKeyChecking=accept-new'],
  ['-oUserKnownHostsFile=/dev/null'],
  ['-oUserKnownHostsFile none'],
  ['-oForwardAgent=no'],
  ['-o"ForwardX11" "no"'],
  ['-oControlPath=none'],
]

for (const [harm, lines] of Object.entries(HARMFUL)) {
  for (const words of lines) {
    test(`${words.join(' ')}: ssh ${harm}`, () => {
      assert.ok(harmsOf(words).includes(harm), String(harmsOf(words)))
      for (const shape of [inPlainForm, inClansForm]) {
        assert.equal(shape(words, false), [], 'an inventory may not')
        assert.equal(shape(words, true), words, 'one that is trusted may')
      }
    })
  }
}

for (const words of HARMLESS) {
  test(`${words.join(' ')}: no harm`, () => {
    assert.equal(harmsOf(words), [])
    const kept = inPlainForm(words, false)
    assert.equal(kept, words.join(' ').includes('bastion') ? [] : words)
  })
}

test('every keyword that this computer’s ssh knows is decided on', () => {
  const { stdout } = spawnSync('ssh', ['-G', 'host'], { encoding: 'utf8' })
  const keywords = new Set(
    stdout.split('\n').flatMap((line) => /^\w+/.exec(line)?.[0]?.toLowerCase() ?? []),
  )
  assert.ok(keywords.size > 50)
  const undecided = [...keywords].filter((keyword) =>
    harmsOf([`-o${keyword}=x`]).includes('does what byway does not know'),
  )
  assert.equal(
    undecided.filter((keyword) => !UNDECIDED.includes(keyword)),
    [],
  )
})

/** Of the user's own configuration only: nothing that one machine needs. */
const UNDECIDED =
  `canonicaldomains canonicalizefallbacklocal canonicalizehostname canonicalizemaxdots
  canonicalizepermittedcnames enablesshkeysign forkafterauthentication forwardx11timeout
  gssapiclientidentity gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey
  gssapiserveridentity gssapitrustdns ignoreunknown logverbose permitremoteopen refuseconnection
  stdinnull streamlocalbindmask syslogfacility tag tunneldevice versionaddendum warnweakcrypto`.split(
    /\s+/,
  )

test('a host keeps its place when one of its options has to go', () => {
  const exports = { 's:net:a:web': { peer: { host: 'web?ForwardAgent=yes&Compression=yes' } } }
  const { networks, warnings } = parseInventory(JSON.stringify(exports), 'file')
  const peer = networks[0]?.peers.get('web')
  assert.equal(peer?.hosts, [{ at: { plain: 'web' } }])
  assert.equal(peer?.sshOptions, ['-oCompression=yes'])
  assert.match(warnings.join(), /left out an option with which ssh opens this computer/)
})

test.run()

function harmsOf(words: readonly string[]): string[] {
  return readSshOptions(words).flatMap((option) => {
    assert.ok('flag' in option, `${words} is no option`)
    return harmOf(option) ?? []
  })
}

/** What is left of the options in byway's own form, where a harmful one is an error. */
function inPlainForm(words: readonly string[], allowCommands: boolean): readonly string[] {
  const document = { networks: { net: { peers: { web: { host: 'web', SSHOptions: words } } } } }
  try {
    return optionsIn(document, allowCommands)
  } catch (error) {
    assert.match(String(error), /SSHOptions: found the option \S+, which .*, expected none/)
    return []
  }
}

/** The same in Clan's form, where it is left out. */
function inClansForm(words: readonly string[], allowCommands: boolean): readonly string[] {
  const document = { 's:net:a:web': { peer: { host: 'web', SSHOptions: words } } }
  return optionsIn(document, allowCommands)
}

function optionsIn(document: object, allowCommands: boolean): readonly string[] {
  const { networks } = parseInventory(JSON.stringify(document), 'file', { allowCommands })
  return networks[0]?.peers.get('web')?.sshOptions ?? []
}
