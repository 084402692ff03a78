import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { serveFiles } from '../../src/daemons/fifos.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caught } from '../helpers/errors.ts'

const fifos = suite('daemons/fifos')
const never = new Promise(() => {})

fifos('each is read by whoever opens it, whenever, and is no file on a disk', async () => {
  const folder = makeFolder()
  let end = () => {}
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  await serveFiles({ config: 'a\nb\n', key: 'k'.repeat(65_536), unread: 'x' }, folder, over)
  const path = (name: string) => join(folder, 'files', name)
  const { size, mode } = await stat(path('key'))
  assert.equal([size, mode & 0o777], [0, 0o600])
  assert.is(await readFile(path('config'), 'utf8'), 'a\nb\n')
  assert.is((await readFile(path('key'), 'utf8')).length, 65_536)
  end()
})

fifos('more than a pipe takes is refused, without the text', async () => {
  const error = await caught(serveFiles({ key: 'k'.repeat(65_537) }, makeFolder(), never))
  assert.is(String(error), 'Error: key: more than 64 KiB')
})

fifos.run()
