import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { judge as judgeClock } from '../../../src/cli/doctor/clock.ts'
import { REMEDIES } from '../../../src/cli/doctor/remedies.ts'
import { judge as judgeSsh } from '../../../src/cli/doctor/ssh-program.ts'
import { TECHNOLOGIES } from '../../../src/core/technologies.ts'

const judgements = suite('what byway doctor makes of it')

/** What `ssh -V` says, and the levels and words of the findings. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.14': ['good OpenSSH_9.2p1'],
  'OpenSSH_10.0p2, LibreSSL 3.3.6': ['good OpenSSH_10.0p2'],
  'OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2': ['warning "OpenSSH_for_Windows_9.5p1'],
  'OpenSSH_8.4p1 Debian-5': ['warning OpenSSH_8.4p1 has no KnownHostsCommand (since 8.5)'],
  'OpenSSH_6.4p1': [
    'warning OpenSSH_6.4p1 has no ProxyUseFdpass (since 6.5)',
    'warning OpenSSH_6.4p1 has no KnownHostsCommand',
  ],
  'Dropbear v2022.83': ['warning "Dropbear v2022.83" is not OpenSSH'],
}

for (const [said, expected] of Object.entries(VERSIONS)) {
  judgements(`ssh: ${said}`, () => {
    const found = judgeSsh(said).map(({ level, text }) => `${level} ${text}`)
    assert.is(found.length, expected.length)
    for (const [i, words] of expected.entries()) assert.ok(found[i]?.startsWith(words), found[i])
  })
}

judgements('ssh: there is none', () => {
  const [found] = judgeSsh(null)
  assert.equal([found?.level, found?.mend], ['failure', 'sudo apt install openssh-client'])
})

judgements('clock: before something that has happened, not kept, and right', () => {
  const now = Date.parse('2026-11-26T10:00:00Z')
  const file = { at: now + 3_600_000, what: '/clan/flake.nix was written' }
  const [late] = judgeClock(now, [file], 'yes')
  assert.is(late?.text, 'it says 2026-11-26T10:00, which is before /clan/flake.nix was written')
  assert.is(late?.level, 'warning')
  assert.is(judgeClock(now, [{ ...file, at: now + 1000 }], null)[0]?.level, 'good')
  assert.match(judgeClock(now, [], 'no')[0]?.text ?? '', 'nothing keeps it right')
  assert.match(judgeClock(now, [], 'yes')[0]?.text ?? '', 'is kept right')
})

judgements('every technology that can be absent has a remedy', () => {
  const without = TECHNOLOGIES.map(({ name }) => name).filter((name) => !(name in REMEDIES))
  assert.equal(without.sort(), ['direct', 'http'])
})

judgements.run()
