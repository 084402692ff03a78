import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isOwnGroup } from '../../src/inventory/own-group.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const test = suite('inventory/own-group')

const ME = 'me:x:1001:1001::/home/me:/bin/sh'
const DRIFTED = 'me:x:1001:1002::/home/me:/bin/sh'
const USERS = 'me:x:1001:100::/home/me:/bin/sh'
const YOU = 'you:x:1003:1003::/home/you:/bin/sh'

interface Case {
  readonly passwd: string[]
  readonly group: string[]
  /** of the user, and of the file; the user's number is 1001 */
  readonly gid: number
  readonly fileGid?: number
  readonly is: boolean
}

const CASES: Readonly<Record<string, Case>> = {
  'of his number and name': { passwd: [ME, YOU], group: ['me:x:1001:'], gid: 1001, is: true },
  'with himself among its members': { passwd: [ME], group: ['me:x:1001:me'], gid: 1001, is: true },
  'of his name, with another number': {
    passwd: [DRIFTED, YOU],
    group: ['you:x:1003:', 'me:x:1002:'],
    gid: 1002,
    is: true,
  },
  'of his number, nothing being known': { passwd: [], group: [], gid: 1001, is: true },
  'of another number, nothing being known': { passwd: [], group: [], gid: 1002, is: false },
  'that has another member': {
    passwd: [ME, YOU],
    group: ['me:x:1001:you'],
    gid: 1001,
    is: false,
  },
  'that has another member, in a second row': {
    passwd: [ME, YOU],
    group: ['me:x:1001:', 'also:x:1001:you'],
    gid: 1001,
    is: false,
  },
  'that is another user’s, too': {
    passwd: [DRIFTED, 'you:x:1003:1002::/:/bin/sh'],
    group: ['me:x:1002:'],
    gid: 1002,
    is: false,
  },
  'that all users share': { passwd: [USERS], group: ['users:x:100:'], gid: 100, is: false },
  'that is not the one he is in now': {
    passwd: [ME],
    group: ['me:x:1001:'],
    gid: 100,
    fileGid: 1001,
    is: false,
  },
  'that is another one': {
    passwd: [ME],
    group: ['me:x:1001:'],
    gid: 1001,
    fileGid: 100,
    is: false,
  },
}

for (const [name, { passwd, group, gid, fileGid = gid, is }] of Object.entries(CASES)) {
  test(`a group ${name} is ${is ? 'the user’s alone' : 'not'}`, () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'passwd'), `${passwd.join('\n')}\n`)
    writeFileSync(join(folder, 'group'), `# all\n${group.join('\n')}\n`)
    assert.is(isOwnGroup(fileGid, { uid: 1001, gid }, folder), is)
  })
}

test('there are no such files: the number counts', () => {
  assert.ok(isOwnGroup(1001, { uid: 1001, gid: 1001 }, makeFolder()))
  assert.not.ok(isOwnGroup(1002, { uid: 1001, gid: 1002 }, makeFolder()))
})

test.run()
