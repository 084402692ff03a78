import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TECHNOLOGIES } from '../../src/core/technologies.ts'
import { makeTechnologies } from '../../src/networks/table.ts'
import { fakeMeans } from '../helpers/fake-means.ts'

const test = suite('networks/table')
const made = makeTechnologies(fakeMeans({}))
const known = TECHNOLOGIES.map(({ name }) => name)

for (const [name, technology] of made) {
  test(`${name} goes by its own name, which inventories know`, () => {
    assert.is(technology.name, name)
    assert.ok(known.includes(name))
  })
}

test('each is there once', () => {
  assert.is(new Set(known).size, known.length)
})

test('the ones that every byway has', () => {
  for (const name of ['direct', 'socks', 'tor']) assert.ok(made.has(name), name)
})

test('defaults make sense', () => {
  for (const { priority, timeout } of TECHNOLOGIES) {
    assert.ok(Number.isInteger(priority) && priority > 0)
    assert.ok(timeout === null || timeout > 0)
  }
})

test.run()
