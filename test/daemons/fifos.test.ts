import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { serveFiles } from '../../src/daemons/fifos.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caught } from '../helpers/errors.ts'
import { mustRun } from '../helpers/program.ts'

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

fifos('a pipe of one page: all is given, piece by piece', async () => {
  const folder = makeFolder()
  const text = 'config '.repeat(9000)
  await serveFiles({ config: text }, folder, never)
  const path = join(folder, 'files', 'config')
  // whoever has many pipes gets small ones; here the reader makes it one (F_SETPIPE_SZ is 1031)
  const small = [
    'import fcntl, os, sys, time',
    'f = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)',
    'fcntl.fcntl(f, 1031, 4096)',
    'time.sleep(0.3)',
    'os.set_blocking(f, True)',
    'sys.stdout.write(open(f).read())',
  ].join('\n')
  const { stdout } = await mustRun(['python3', '-c', small, path])
  assert.is(stdout.toString(), text)
})

fifos('more than a pipe takes is refused, without the text', async () => {
  const error = await caught(serveFiles({ key: 'k'.repeat(65_537) }, makeFolder(), never))
  assert.is(String(error), 'Error: key: more than 64 KiB')
})

fifos.run()
