import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeSocketPair } from '../../src/transports/socket-pair.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { readElsewhere } from '../helpers/elsewhere.ts'
import { readConnection } from '../helpers/read-connection.ts'
import { soon } from '../helpers/soon.ts'
import { readAll } from '../helpers/streams.ts'
import { suite } from '../helpers/suite.ts'

const test = suite('transports/socket-pair')

test.before(() => {
  process.env['TMPDIR'] = makeFolder()
})

test('bytes go both ways, and each side ends by itself', async () => {
  const { ours, theirs } = await makeSocketPair('pair')
  const heard = readAll(theirs)
  await ours.write(Buffer.from('hello'))
  await ours.end()
  assert.is((await soon('the end', heard)).toString(), 'hello')
  theirs.end('goodbye')
  assert.is((await soon('the end', readConnection(ours))).toString(), 'goodbye')
  ours.close()
})

test('nothing is read before it is asked for: all of it can be passed on', async () => {
  const { ours, theirs } = await makeSocketPair('pair')
  theirs.end('SSH-2.0-x\r\n')
  await once(theirs, 'finish')
  assert.is((await readElsewhere(ours.socket)).toString(), 'SSH-2.0-x\r\n')
})

test('several at once are several pairs', async () => {
  const pairs = await Promise.all([1, 2, 3].map((i) => makeSocketPair(`pair ${i}`)))
  for (const [i, { theirs }] of pairs.entries()) theirs.end(String(i))
  for (const [i, { ours }] of pairs.entries()) {
    assert.is((await soon('the end', readConnection(ours))).toString(), String(i))
    ours.close()
  }
})

test('meanwhile it is in a folder that only we can enter, whose name nobody can guess', async () => {
  const seen: { name: string; mode: number; uid: number }[] = []
  const { listen } = Server.prototype
  Server.prototype.listen = function (this: Server, path: string) {
    const { mode, uid } = statSync(dirname(path))
    seen.push({ name: basename(dirname(path)), mode: mode & 0o777, uid })
    return listen.call(this, path)
  } as typeof listen
  const making = [1, 2, 3].map(() => makeSocketPair('pair'))
  Server.prototype.listen = listen
  assert.equal(folders(), [], 'nobody else sees it')
  assert.is(new Set(seen.map(({ name }) => name)).size, making.length)
  for (const { name, mode, uid } of seen) {
    assert.match(name, /^byway-pair-[A-Za-z0-9]{6}$/)
    assert.equal([mode, uid], [0o700, process.geteuid?.()])
  }
  for (const { ours, theirs } of await Promise.all(making)) {
    ours.close()
    theirs.destroy()
  }
  assert.equal(folders(), [])
})

for (const length of [78, 79, 99]) {
  test(`a temporary folder whose path has ${length} bytes`, async () => {
    const folder = process.env['TMPDIR']
    const short = makeFolder()
    process.env['TMPDIR'] = join(short, '0'.repeat(length - short.length - 1))
    mkdirSync(process.env['TMPDIR'])
    const { ours, theirs } = await makeSocketPair('pair')
    assert.equal(readdirSync(tmpdir()), [], 'libuv may cut a path short')
    process.env['TMPDIR'] = folder
    theirs.end('through')
    assert.is((await soon('the end', readConnection(ours))).toString(), 'through')
    ours.close()
  })
}

test('no folder to make it in', async () => {
  const folder = process.env['TMPDIR']
  process.env['TMPDIR'] = '/no/such/folder'
  const failed = await makeSocketPair('pair').then(
    () => 'made',
    (error: NodeJS.ErrnoException) => error.code,
  )
  process.env['TMPDIR'] = folder
  assert.is(failed, 'ENOENT')
})

test.run()

function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('byway-pair'))
}
