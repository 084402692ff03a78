import { resolve } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SourceFlags } from '../src/inventory/locate.ts'
import { sourceFlags } from '../src/source-flags.ts'

const test = suite('source-flags')

const CASES: readonly [name: string, flags: SourceFlags, expected: readonly string[]][] = [
  ['none', {}, []],
  [
    'files',
    { inventory: 'a.json', config: '/b' },
    ['--inventory', resolve('a.json'), '--config', '/b'],
  ],
  ['a folder', { flake: './clan' }, ['--flake', resolve('clan')]],
  ['a reference', { flake: 'github:me/clan' }, ['--flake', 'github:me/clan']],
  [
    'a reference to a folder',
    { flake: 'path:./clan?dir=x' },
    ['--flake', `path:${resolve('clan')}?dir=x`],
  ],
]

for (const [name, flags, expected] of CASES) {
  test(`good from anywhere: ${name}`, () => {
    assert.equal(sourceFlags(flags), expected)
  })
}

test.run()
