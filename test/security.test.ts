import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

const test = suite('SECURITY.md')
const [, promises = ''] = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8').split(
  '## What is promised',
)
const [table = ''] = promises.split('## ')
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:threat|---)/.test(line))

test('there are promises', () => assert.ok(rows.length > 20))

for (const row of rows) {
  const [, threat = '', , tests = ''] =
    row.split(' | ').length === 3 ? ['', ...row.split(' | ')] : []
  test(`${threat.replace('| ', '')}: the tests that are named are there`, () => {
    const named = [...tests.matchAll(/\]\((test\/[^)]+)\)(?: "([^"]+)")?/g)]
    assert.ok(named.length > 0, 'no test is named')
    for (const [, file = '', title] of named) {
      const path = join(ROOT, file)
      assert.ok(existsSync(path), `${file} is not there`)
      if (title !== undefined) assert.ok(readFileSync(path, 'utf8').includes(title), title)
    }
  })
}

test.run()
