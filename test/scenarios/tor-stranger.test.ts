import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { makeNamespace } from '../helpers/netns.ts'
import { inventOnion } from '../helpers/onion-names.ts'
import { start } from '../helpers/program.ts'

const MACHINE = 'web'
/** Says yes to whoever greets it, and writes down what it is asked. */
const SERVER = `const server = () => require('node:net').createServer((socket) => {
  socket.on('error', () => {}).on('data', (bytes) => {
    process.stderr.write(bytes.toString('latin1'))
    socket.write(Buffer.from([5, 0]))
  })
})
const says = () => console.log('listens')
`

/** Programs that listen at tor's port. */
const SQUATTERS = {
  stays: `${SERVER}server().listen(9050, '127.0.0.1', says)`,
  /** A service that is another person when a connection comes. */
  turns: `${SERVER}process.seteuid(199)
    server().listen(9050, '127.0.0.1', () => {
      process.seteuid(0)
      process.setuid(1099)
      says()
    })`,
  /** Gone whenever somebody looks who listens, if it is lucky; with a connection it stays. */
  'comes and goes': `${SERVER}const come = () => {
      const one = server().listen(9050, '127.0.0.1')
      let talks = false
      one.on('connection', () => { talks = true })
      setTimeout(() => {
        const go = () => one.close(() => {}) && setTimeout(come, 3)
        if (talks) setTimeout(go, 250)
        else go()
      }, 2)
    }
    come()
    says()`,
} as const

type Squatter = keyof typeof SQUATTERS

const test = suite('tor: who listens at its port')

for (const [name, uid, squatter, isAsked] of [
  ['another person', 1099, 'stays', false],
  ['a person of systemd-homed’s', 60_001, 'stays', false],
  ['a person’s container', 100_000, 'stays', false],
  ['a person of a domain', 1_200_500, 'stays', false],
  ['a service', 199, 'stays', true],
] as const) {
  test(`${name} is ${isAsked ? 'taken for a tor' : 'told no onion name'}`, async () => {
    const { stderr, doctor, isTold } = await connectBeside(squatter, uid)
    const why = `port 9050 is left alone: user ${uid} listens there`
    assert.is(stderr.includes(`byway: ${why}\n`), !isAsked)
    const mend = 'if that is a tor of yours, name it: networks.tor.socks'
    assert.is(stderr.includes(`hint: ${why}; ${mend}`), !isAsked)
    assert.is(doctor.replace(/\n +/g, ' ').includes(`${why} mend: ${mend}`), !isAsked, doctor)
    assert.is(isTold, isAsked)
  })
}

test('who takes the connection counts, not who listened', async () => {
  const { stderr, isTold } = await connectBeside('turns', 0)
  assert.match(stderr, 'port 9050 is left alone: user 1099 answers there')
  assert.not.ok(isTold)
})

test('a listener that comes and goes is told no onion name', async () => {
  const { isTold } = await connectBeside('comes and goes', 1099, 12)
  assert.not.ok(isTold)
})

test.run()

/** What byway says beside that squatter, and whether that one is told the name. */
async function connectBeside(squatter: Squatter, uid: number, times = 1) {
  if (process.getuid?.() !== 0) throw new Error('only root can be two users: run this as root')
  const { inside, stop } = await makeNamespace()
  const home = new Home(SCRIPT)
  const onion = inventOnion()
  home.writeInventory({
    networks: { tor: { technology: 'tor', peers: { [MACHINE]: { host: onion } } } },
  })
  home.writeConfig({ daemons: { tor: { binary: 'false' } } })
  const ids = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const program = [process.execPath, '-e', SQUATTERS[squatter]]
  const running = start([...inside, 'setpriv', ...ids, '--', ...program], { cwd: '/' })
  await running.says('listens')
  let said = ''
  for (let i = 0; i < times; i += 1) {
    const timeout = times === 1 ? '3' : '1'
    const args = ['connect', '-v', '--timeout', timeout, MACHINE]
    const { status, stderr } = await runByway(home, args, { inside })
    assert.is(status, 69, stderr)
    said += stderr
  }
  const doctor = (await runByway(home, ['doctor'], { inside })).stdout.toString()
  const isTold = running.heard('stderr').includes(onion)
  running.kill()
  stop()
  return { stderr: said, doctor, isTold }
}
