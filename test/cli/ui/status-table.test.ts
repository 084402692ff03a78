import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { showStatus } from '../../../src/cli/ui/status-table.ts'
import { STATUS } from '../../helpers/status-documents.ts'
import { plainStyle } from '../../helpers/styles.ts'

const tables = suite('status table')

tables('machines by networks, and why what cannot be used cannot', () => {
  assert.equal(showStatus(STATUS, plainStyle(80)).split('\n'), [
    '2 of 3 machines answer',
    '',
    'Machine    vpn       internet     office     tor',
    'web01      absent    no answer  ● 344 ms     not started',
    'db01               ● 12 ms        900 ms',
    'old                               refused',
    '',
    'Network  State        Why',
    'vpn      absent       no interface with WireGuard',
    'tor      not started  byway can start "tor"',
    '',
    'No answer  Network  Why',
    'old        office   dial 192.0.2.9:22: connection refused',
    '',
  ])
})

tables('is ASCII where nothing else is sure to be shown', () => {
  const shown = showStatus(STATUS, plainStyle(80, false))
  assert.match(shown, /^[\x20-\x7e\n]*$/)
  assert.match(shown, /\* 344 ms/)
})

tables('more networks than fit become several tables', () => {
  const shown = showStatus(STATUS, plainStyle(40))
  const widths = shown
    .split('\n')
    .slice(0, 12)
    .map((line) => stringWidth(line))
  assert.ok(Math.max(...widths) <= 40, String(widths))
  assert.is(shown.match(/^Machine/gm)?.length, 2)
  for (const name of ['vpn', 'internet', 'office', 'tor']) assert.ok(shown.includes(name))
})

tables('no machines and no networks are no trouble', () => {
  const none = { time: STATUS.time, networks: [], machines: [] }
  assert.match(showStatus(none, plainStyle(80)), /^0 of 0 machines answer$/m)
})

tables('shows what would move a terminal as an escape', () => {
  const [first, ...others] = STATUS.machines
  const bad = { ...STATUS, machines: [{ ...first, machine: '\x1b[2J' }, ...others] }
  assert.not.ok(showStatus(bad as typeof STATUS, plainStyle(80)).includes('\x1b'))
})

tables.run()
