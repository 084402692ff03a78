import { readFileSync } from 'node:fs'
import { type ConnectLine, parseConnectLine, parseShortLine } from './arguments.ts'
import { makeVoice } from './cli/ui/voice.ts'
import { connect, Unreachable } from './connect.ts'
import { noteFailure } from './connect-notes.ts'
import { EXIT_STATUS } from './core/errors.ts'
import { leaveMemoryOut } from './core-dumps.ts'
import { ignoreDebuggerSignal } from './debugger-signal.ts'
import { logFailure } from './failure-log.ts'
import { leave } from './leave.ts'
import { ASKPASS, DIAL, RENEW, WANTED } from './self.ts'
import { makeWorld } from './wiring.ts'

/** The command by which byway starts itself as a keeper; it is in no help. */
const KEEP = 'keep'

/** The command by which completion scripts ask for names; it is in no help. */
const WORDS = 'words'

/** What ssh runs at a login besides `connect`, and waits for. */
const KNOWN_HOSTS = 'known-hosts'

/** Runs one command line; the exit status. What ssh runs takes the short way, all else loads the CLI. */
async function main(argv: readonly string[]): Promise<number> {
  ignoreDebuggerSignal()
  leaveMemoryOut()
  let line: ConnectLine | null = null
  try {
    if (process.env[ASKPASS] !== undefined && argv.length === 1) return await answer(argv)
    if (argv[0] === KEEP) return await keepDaemon()
    if (argv[0] === DIAL) return await dialInside()
    if (argv[0] === RENEW) return await renewFlakes(argv[1] === WANTED)
    if (argv[0] === KNOWN_HOSTS) return await tellKnownHosts(argv)
    if (argv[0] === WORDS) return await printWords(argv.slice(1))
    line = parseConnectLine(argv)
    if (line === null) return await runAny(argv)
    const { flags, request } = line
    const world = await makeWorld(flags, makeVoice(flags.verbosity), request)
    await connect(request, world)
    return EXIT_STATUS.OK
  } catch (error) {
    const status = await tellFailure(argv, error)
    if (line !== null) keepFailure(line, error)
    return status
  }
}

/** Says what went wrong on stderr, and for a connect in the log; the exit status. */
async function tellFailure(argv: readonly string[], error: unknown): Promise<number> {
  const { complain } = await import('./cli/ui/output.ts')
  const { describeError, statusOf } = await import('./cli/ui/problem.ts')
  const text = describeError(error)
  await complain(text)
  if (argv[0] === 'connect') logFailure(text, process.env)
  return statusOf(error)
}

async function runAny(argv: readonly string[]): Promise<number> {
  const { runCli } = await import('./cli/main.ts')
  return runCli(argv)
}

/** byway as what ssh asks for an installer's password (see `installer.ts`). */
async function answer(argv: readonly string[]): Promise<number> {
  const { answerSsh, askedFor } = await import('./installer.ts')
  const file = askedFor(argv, process.env)
  if (file === null) return runAny(argv)
  const { print } = await import('./cli/ui/output.ts')
  await print(`${answerSsh(argv[0] ?? '', file).reveal()}\n`)
  return EXIT_STATUS.OK
}

async function tellKnownHosts(argv: readonly string[]): Promise<number> {
  const line = parseShortLine(argv)
  if (line === null) return runAny(argv)
  const { printKnownHosts } = await import('./cli/known-hosts.ts')
  const { words, flags } = line
  return printKnownHosts({ host: words[0] ?? '', flags })
}

/** Keeps what came of a connect for `explain --last`. */
function keepFailure({ request }: ConnectLine, error: unknown): void {
  const report = error instanceof Unreachable ? error.report : null
  noteFailure(request, { error, report }, process.env)
}

/** byway as the keeper of a daemon (see `daemons/`); its order comes through stdin. */
async function keepDaemon(): Promise<number> {
  const { keep } = await import('./daemons/keeper.ts')
  await keep(JSON.parse(readFileSync(0, 'utf8')))
  return EXIT_STATUS.OK
}

/** What completion scripts ask for. */
async function printWords(args: readonly string[]): Promise<number> {
  const { listWords } = await import('./known-words.ts')
  const { print } = await import('./cli/ui/output.ts')
  await print(await listWords(args, process.env))
  return EXIT_STATUS.OK
}

/** byway inside the network namespace of a daemon (see `transports/inside.ts`). */
async function dialInside(): Promise<number> {
  const { dialForParent } = await import('./transports/inside-dialler.ts')
  await dialForParent()
  return EXIT_STATUS.OK
}

/** byway as the process in the background that evaluates flakes (see `renewer.ts`). */
async function renewFlakes(wanted: boolean): Promise<number> {
  const { renewInBackground } = await import('./renewer.ts')
  await renewInBackground(process.env, wanted)
  return EXIT_STATUS.OK
}

const argv = process.argv.slice(2)
// an error that no caller waits for is a bug like any other that is thrown
process.once('uncaughtException', (error) => void tellFailure(argv, error).then(leave))
void main(argv).then(leave)
