import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noteFailure, noteRace, readNotes } from '../src/connect-notes.ts'
import { BywayError } from '../src/core/errors.ts'
import { Report } from '../src/core/report.ts'
import type { Network, Route } from '../src/core/types.ts'
import { makeFolder } from './helpers/cleanup.ts'

const ONION = `${'a'.repeat(56)}.onion`

const NOTES = new URL('../src/connect-notes.ts', import.meta.url).href

const notes = suite<{ env: { XDG_STATE_HOME: string }; file: string }>('connect notes')

notes.before.each((context) => {
  const folder = makeFolder()
  context.env = { XDG_STATE_HOME: folder }
  context.file = join(folder, 'byway/connects')
})

notes('keeps a race, readable by this user alone', ({ env, file }) => {
  noteRace(request('web01'), wonBy('192.0.2.7'), env)
  const [note] = readNotes(env)
  assert.equal([note?.machine, note?.winner, note?.error], ['web01', 'internet', null])
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.is(statSync(join(file, '..')).mode & 0o777, 0o700)
})

notes('holds no onion name', ({ env, file }) => {
  noteRace(request('web01'), wonBy(ONION), env)
  assert.not.match(readFileSync(file, 'utf8'), /a{10}/)
})

notes('a connection that breaks later is the same note, with why', ({ env }) => {
  noteRace(request('web01'), wonBy('192.0.2.7'), env)
  noteFailure(request('web01'), { error: new BywayError('IOERR', 'it broke'), report: null }, env)
  const [note, ...more] = readNotes(env)
  assert.equal([note?.winner, note?.error, more], ['internet', 'it broke', []])
})

notes('a failure without a race is kept, too', ({ env }) => {
  const error = new BywayError('NOHOST', 'no machine "web02" in the inventory')
  noteFailure(request('web02'), { error, report: null }, env)
  const [note] = readNotes(env)
  assert.equal([note?.asked, note?.routes, note?.error], ['web02', [], error.message])
})

notes('a byway that relays for another one leaves it to that one', ({ env }) => {
  noteRace({ ...request('web01'), tellUp: true }, wonBy('192.0.2.7'), env)
  assert.equal(readNotes(env), [])
})

notes('the last one comes first, those of the file before behind it', ({ env, file }) => {
  mkdirSync(join(file, '..'))
  writeFileSync(`${file}.1`, `${line('1', 'old')}\n{"cut`)
  writeFileSync(file, `\n42\nnull\n{"routes":[]}\n${line('2', 'new')}\n`)
  const machines = readNotes(env).map(({ machine }) => machine)
  assert.equal(machines, ['new', 'old'])
})

notes('a file that has grown gives way to a new one', ({ env, file }) => {
  mkdirSync(join(file, '..'))
  writeFileSync(file, `${line('1', 'old')}${' '.repeat(300_000)}\n`)
  noteRace(request('web01'), wonBy('192.0.2.7'), env)
  noteRace(request('web02'), wonBy('192.0.2.7'), env)
  assert.ok(statSync(file).size < 10_000)
  assert.equal(readNotes(env).at(-1)?.machine, 'old')
})

notes(
  'a folder that cannot be made, and a pipe that nobody reads, are no trouble',
  ({ env, file }) => {
    noteRace(request('web01'), wonBy('192.0.2.7'), { XDG_STATE_HOME: '/dev/null/state' })
    mkdirSync(join(file, '..'))
    execFileSync('mkfifo', [file])
    noteRace(request('web01'), wonBy('192.0.2.7'), env)
  },
)

notes('what others may have written is not read, nor a pipe waited for', ({ env, file }) => {
  mkdirSync(join(file, '..'))
  for (const spoilt of [file, join(file, '..')]) {
    writeFileSync(file, `${line('1', 'planted')}\n`)
    assert.is(readNotes(env).length, 1)
    const { mode } = statSync(spoilt)
    chmodSync(spoilt, 0o777)
    assert.equal(readNotes(env), [], spoilt)
    chmodSync(spoilt, mode & 0o755)
  }
  rmSync(file)
  execFileSync('mkfifo', [file])
  const script = `import { readNotes } from '${NOTES}'; console.log(readNotes(process.env))`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  const options = { env: { ...process.env, ...env }, timeout: 20_000, encoding: 'utf8' } as const
  assert.is(execFileSync(process.execPath, args, options), '[]\n')
})

notes.run()

function request(machine: string) {
  return { machine, port: 22, networks: [], fdpass: false, timeout: undefined }
}

function wonBy(host: string): Report {
  const network: Network = {
    name: 'internet',
    priority: 1000,
    technology: 'direct',
    module: 'direct',
    settings: {},
  }
  const route: Route = {
    machine: 'web01',
    network,
    host: { at: { plain: host } },
    port: 22,
    clan: null,
  }
  const report = new Report([route])
  for (const kind of ['start', 'up', 'win'] as const) report.record({ kind, entrant: 0, at: 1 })
  return report
}

function line(id: string, machine: string): string {
  return JSON.stringify({ id, machine, asked: machine, routes: [], error: null })
}
