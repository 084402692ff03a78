// serial
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import type { ProcessEntry } from '../helpers/proc.ts'
import { type Running, start } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'

const DEMO = fileURLToPath(new URL('../../scripts/demo.sh', import.meta.url))
/** What it says on its way; the first is what it says at all. */
const MOMENTS = [
  'in three networks',
  '$ byway list',
  '$ ssh -F ssh.conf',
  '$ scp -q -F ssh.conf my_cool_machine',
  '$ rsync -a',
  'The same with the socket',
  '$ byway explain',
  "The office's proxy goes away",
]
/** Milliseconds from a moment to the signal, at most. */
const LATER = 300
/** Of a namespace of processes: runs a program, then says what else is alive in it. */
const INIT = `trap : INT TERM
"$@"
status=$?
for process in /proc/[0-9]*; do
  if [ "$process" != /proc/1 ] && grep -q '^State:.[^ZX]' "$process/status" 2>&-; then
    echo "left: $(tr '\\0' ' ' <"$process/cmdline")" >&2
  fi
done
exit $status`

const demo = suite<{ random: Random }>('make demo')

demo.before((context) => {
  context.random = new Random('demo')
})

demo('runs to its end, and leaves no process and no folder', async () => {
  const started = startDemo()
  const { stdout, stderr, status } = await started.running.result
  assert.is(stderr, '')
  assert.is(status, 0)
  assert.match(stdout.toString().trimEnd().split('\n').at(-1) ?? '', /^It worked: /)
  await checkLeftovers(started)
})

for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  demo(`a ${signal} at once ends it, and leaves nothing`, async ({ random }) => {
    const started = startDemo()
    // before, it is for bash as the first process, which the kernel or its own trap keeps from it
    await until('the demo runs', () => started.home.live().some(isDemo))
    await pause(random.between(0, LATER))
    await interrupt(started, signal)
  })

  demo(`a ${signal} at any moment ends it, and leaves nothing`, async ({ random }) => {
    const interrupted = MOMENTS.map(async (moment) => {
      const started = startDemo()
      await started.running.says(moment)
      await pause(random.between(0, LATER))
      return interrupt(started, signal)
    })
    const statuses = await Promise.all(interrupted)
    assert.equal(
      statuses,
      MOMENTS.map(() => status),
    )
  })
}

demo.run()

interface Started {
  readonly home: Home
  readonly running: Running
  readonly inventory: string
}

/** In a namespace of its own, so that nothing that it starts can hide. */
function startDemo(): Started {
  const home = new Home(EXECUTABLE)
  // whoever reads what is the user's stumbles over it
  const inventory = home.writeInventory('no inventory')
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user']
  const inside = ['unshare', ...user, '--pid', '--fork', '--kill-child', '--mount-proc']
  const init = ['bash', '-c', INIT, 'init', DEMO]
  return { home, inventory, running: start([...inside, ...init], { env: home.env, input: '' }) }
}

/** True for the script itself, past its `env`; what starts it has more words. */
function isDemo({ command }: ProcessEntry): boolean {
  return command === `bash ${DEMO}`
}

/** As Ctrl-C does it: the whole process group is told. The exit status. */
async function interrupt(started: Started, signal: string): Promise<number | null> {
  process.kill(-started.running.pid, signal)
  const { stdout, status } = await started.running.result
  assert.not.match(stdout.toString(), /^It worked/m)
  await checkLeftovers(started)
  return status
}

async function checkLeftovers({ home, running, inventory }: Started): Promise<void> {
  assert.not.match((await running.result).stderr, /^left: /m)
  for (const folder of ['tmp', 'cache', 'state', 'run']) {
    assert.equal(readdirSync(join(home.folder, folder)), [])
  }
  assert.is(readFileSync(inventory, 'utf8'), '"no inventory"')
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
