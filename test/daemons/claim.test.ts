import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { connectClaim, isClaimed, takeClaim } from '../../src/daemons/claim.ts'
import { askStatus, askStop } from '../../src/daemons/lease.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caught, caughtByway } from '../helpers/errors.ts'
import { listen } from '../helpers/listen.ts'
import { type Running, start } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import { until } from '../helpers/until.ts'

/** Processes that race, and their deaths in all. */
const RACERS = 4
const DEATHS = 30

/** Listens at a path, takes nobody, and has as many wait as there is room for. */
const CROWDED = `
import socket, sys
holder = socket.socket(socket.AF_UNIX)
holder.bind(sys.argv[1])
holder.listen(0)
waiting = []
try:
    while True:
        waiting.append(socket.socket(socket.AF_UNIX))
        waiting[-1].setblocking(False)
        waiting[-1].connect(sys.argv[1])
except BlockingIOError:
    print('crowded', flush=True)
sys.stdin.read()
`

const claim = suite('daemons/claim')
const { signal } = new AbortController()

claim('nobody holds it: null, for a folder that is not there, too', async () => {
  assert.is(await connectClaim(join(makeFolder(), 'not-there'), signal), null)
})

const NOT_TOLD: Readonly<Record<string, (folder: string) => void>> = {
  'a file stands in the folder’s place': (folder) => writeFileSync(folder, ''),
  'the path of the claim leads in a circle': (folder) => {
    mkdirSync(folder)
    symlinkSync('claim.1', join(folder, 'claim.1'))
  },
}

for (const [name, spoil] of Object.entries(NOT_TOLD)) {
  claim(`${name}: that is told, and is no holder`, async () => {
    const folder = join(makeFolder(), 'c')
    spoil(folder)
    for (const ask of [
      () => isClaimed(folder),
      () => takeClaim(folder, '/nowhere'),
      () => connectClaim(folder, signal),
      () => askStatus(folder),
      () => askStop(folder),
    ]) {
      const { message } = await caughtByway('UNAVAILABLE', ask)
      assert.match(message, `look who holds "${folder}`)
      assert.match(message, /": (?:EEXIST|connect ELOOP)/)
    }
  })
}

claim('a claim that is no socket is nobody’s', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'claim.1'), '')
  assert.equal([await isClaimed(folder), await connectClaim(folder, signal)], [false, null])
})

claim('a holder whose queue is full lives', async () => {
  const folder = makeFolder()
  const holder = start(['/usr/bin/python3', '-c', CROWDED, join(folder, 'claim.1')])
  await holder.says('crowded')
  assert.is(await isClaimed(folder), true)
  assert.is(await takeClaim(folder, '/nowhere'), false)
  const reason = await caught(connectClaim(folder, AbortSignal.abort()))
  assert.is((reason as Error).name, 'AbortError')
  holder.kill()
})

claim(
  'the processes that race for it die at any moment: never two hold it, and it is taken again',
  async () => {
    const random = new Random('claim')
    const folder = join(makeFolder(), 'c')
    mkdirSync(folder, { mode: 0o700 })
    const referee = await startReferee(join(folder, '../referee'))
    const racers = new Set<Running>()
    const add = () => racers.add(startRacer(folder, referee.path))
    for (let i = 0; i < RACERS; i++) add()
    for (let i = 0; i < DEATHS; i++) {
      const before = referee.terms()
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 60)))
      const [victim] = [...racers].filter(() => random.percent(50)).concat([...racers])
      if (victim === undefined) throw new Error('nobody races')
      racers.delete(victim)
      referee.doomed.add(victim.pid)
      victim.child.kill('SIGKILL')
      await victim.result
      add()
      if (i % 5 === 4) await until('it is taken again', () => referee.terms() > before)
    }
    assert.ok(referee.terms() >= DEATHS / 5, `${referee.terms()} holders`)
    assert.equal(referee.faults, [])
    for (const racer of racers) racer.child.kill('SIGKILL')
    await Promise.all([...racers].map(({ result }) => result))
    const holder = await connectClaim(folder, signal)
    assert.is(holder, null, 'a claim does not outlive its holder')
    const claims = readdirSync(folder).filter((name) => name.startsWith('claim.'))
    assert.ok(claims.length <= RACERS, claims.join())
    referee.stop()
  },
)

claim.run()

/**
 * Whoever holds the claim has a connection here as long as it does, and says which process it is, so
 * that two would be seen; of one that was killed the claim is free before its connection ends.
 */
async function startReferee(path: string) {
  let terms = 0
  const holders = new Set<number>()
  const doomed = new Set<number>()
  const faults: string[] = []
  const look = () => {
    const alive = [...holders].filter((pid) => !doomed.has(pid))
    if (alive.length > 1) faults.push(`${alive.join(' and ')} hold it`)
  }
  const listener = await listen(
    (socket) => {
      socket.once('data', (pid) => {
        holders.add(Number(pid))
        terms += 1
        look()
        socket.write('noted\n')
        socket.on('close', () => holders.delete(Number(pid)))
      })
      socket.on('end', () => socket.destroy())
    },
    { path },
  )
  return { path, faults, doomed, terms: () => terms, stop: listener.stop }
}

/** Takes the claim, again and again, and holds it for some moments each time. */
function startRacer(folder: string, referee: string): Running {
  const racer = fileURLToPath(new URL('../helpers/claim-racer.ts', import.meta.url))
  const argv = [process.execPath, '--import', import.meta.resolve('tsx'), racer, folder, referee]
  return start(argv, { input: '' })
}
