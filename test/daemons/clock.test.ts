import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url))

const test = suite('clocks')

for (const room of ['children', 'core', 'daemons', 'stdio', 'transports']) {
  test(`${room} measures by the monotonic clock: the date may jump meanwhile`, () => {
    const files = readdirSync(join(SOURCES, room), { encoding: 'utf8', recursive: true })
    const asking = files.filter((file) => {
      if (!file.endsWith('.ts')) return false
      return /\bDate\.now\b/.test(readFileSync(join(SOURCES, room, file), 'utf8'))
    })
    assert.equal(asking, [])
  })
}

test.run()
