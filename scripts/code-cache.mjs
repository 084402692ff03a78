/**
 * Writes the code that V8 compiled of a program until a connect was through: `code-cache.mjs <program> <file>`,
 * by the Node of the executable. What V8 caches before a program runs are only the functions that it compiles at
 * once, which are few. With `--random-seed` it writes the same bytes every time.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

const [program = '', file = '', stage] = process.argv.slice(2)
if (stage === 'connect') connect()
else await make()

/** The first connect compiles its inventory, and remembers; the second is as most are. */
async function make() {
  const peer = createServer((socket) => {
    socket.on('error', () => {}).end('SSH-2.0-peer\r\n')
  })
  await once(peer.listen(0, '127.0.0.1'), 'listening')
  const home = mkdtempSync(join(tmpdir(), 'byway-code-cache-'))
  try {
    writeInventory(home, /** @type {import('node:net').AddressInfo} */ (peer.address()).port)
    for (let i = 0; i < 2; i++) await runConnect(home)
    if (compile({ cachedData: readFileSync(file) }).cachedDataRejected === true) {
      throw new Error('V8 does not take the code that it made')
    }
  } finally {
    peer.close()
    rmSync(home, { recursive: true })
  }
}

/**
 * @param {string} home
 * @param {number} port
 */
function writeInventory(home, port) {
  const folder = join(home, '.config/byway')
  mkdirSync(folder, { recursive: true })
  const networks = { only: { peers: { machine: { host: '127.0.0.1', port } } } }
  writeFileSync(join(folder, 'inventory.json'), JSON.stringify({ networks }))
}

/** @param {string} home */
async function runConnect(home) {
  const argv = ['--random-seed=1', fileURLToPath(import.meta.url), program, file, 'connect']
  const child = spawn(process.execPath, argv, {
    env: { HOME: home },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the connect ended with status ${code}`)
}

/** Runs the program here as the executable does, and keeps the code at its end. */
function connect() {
  const script = compile({})
  process.argv = [process.execPath, process.execPath, 'connect', 'machine']
  process.once('exit', () => {
    // V8 takes no code that was made with other flags than it has: what a relay sets is taken back
    setFlagsFromString('--opt')
    writeFileSync(file, script.createCachedData())
  })
  const module = { exports: {} }
  const require = createRequire(resolve(program))
  script.runInThisContext()(module.exports, require, module, resolve(program), '/')
}

/** @param {{ cachedData?: Buffer }} options */
function compile(options) {
  return new Script(readFileSync(program, 'latin1'), { filename: 'byway', ...options })
}
