import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countLookupThreads } from '../../src/transports/lookup-threads.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const test = suite('transports/lookup-threads')

/** A computer: its files by their paths. */
type Files = Readonly<Record<string, string>>

const LOAD = '0.30 0.11 0.04 1/150 4711\n'
const V2 = '/sys/fs/cgroup/user.slice/app'
const V1 = '/sys/fs/cgroup/pids/docker/a'

function limits(soft: number | string): Files {
  const line = `Max processes             ${soft}                  31437                processes`
  const head = 'Limit                     Soft Limit           Hard Limit           Units\n'
  return { '/proc/self/limits': `${head}${line}\n`, '/proc/loadavg': LOAD }
}

function group(folder: string, max: number | string, current: number): Files {
  const cgroup = '9:name=systemd:/\n8:pids:/docker/a\n0::/user.slice/app\n'
  return {
    '/proc/self/cgroup': cgroup,
    [`${folder}/pids.max`]: `${max}\n`,
    [`${folder}/pids.current`]: `${current}\n`,
  }
}

const COMPUTERS: readonly [name: string, files: Files, expected: number][] = [
  ['no /proc', {}, 64],
  ['no limit', limits('unlimited'), 64],
  ['a usual limit', limits(31_437), 64],
  ['a small limit, of which half is left', limits(190), 20],
  ['a limit that all that runs is over: some are others’', limits(149), 2],
  ['a limit of a large computer', limits(4096), 64],
  ['hardly any', limits(4), 1],
  ['a group without a limit', { ...limits('unlimited'), ...group(V2, 'max', 60) }, 64],
  ['a group with little room', { ...limits('unlimited'), ...group(V2, 100, 80) }, 10],
  ['a full group', { ...limits('unlimited'), ...group(V2, 100, 100) }, 1],
  ['a group above ours with little room', group('/sys/fs/cgroup/user.slice', 100, 80), 10],
  ['a container’s own group', group('/sys/fs/cgroup', 50, 20), 15],
  ['version 1', group(V1, 50, 20), 15],
  ['version 1, of something else', group('/sys/fs/cgroup/docker/a', 50, 20), 64],
]

for (const [name, files, expected] of COMPUTERS) {
  test(name, () => {
    const root = makeFolder()
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    assert.is(countLookupThreads(root), expected)
  })
}

test.run()
