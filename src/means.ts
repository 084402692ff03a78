import type { GlobalFlags } from './arguments.ts'
import { makeComputer } from './computer/computer.ts'
import { BywayError } from './core/errors.ts'
import type { Means } from './core/means.ts'
import { Secret } from './core/secret.ts'
import type { Attempt, Covered, Location, Tell, VarReference } from './core/types.ts'
import type { DaemonContext } from './daemon-wiring.ts'
import { findProgram } from './daemons/find-program.ts'
import { readExcerpt, readSecretFile } from './inventory/excerpt.ts'
import type { OpenedInventory } from './inventory/open.ts'
import { DIAL, ownCommand } from './self.ts'
import { makeSocksMeans } from './socks-means.ts'
import { dialTcp } from './transports/tcp.ts'
import type { Voice } from './wiring.ts'

/** What the means are made of. */
export interface MeansContext {
  readonly flags: GlobalFlags
  readonly voice: Voice
  readonly inventory: OpenedInventory
}

/** The rooms that open streams and read secrets, each loaded when it is first needed. */
export function makeMeans(context: MeansContext): Means {
  const { tell, progress } = context.voice
  const revealAt: Means['reveal'] = (at, clan, attempt) =>
    reveal(at, clan, { attempt, tell, word: true })
  const revealText: Means['revealText'] = (at, clan, attempt) =>
    reveal(at, clan, { attempt, tell, word: false })
  const daemons = { env: process.env, entries: context.inventory.header.daemons, progress }
  return {
    computer: makeComputer({ findProgram: (name) => findProgram(name, process.env['PATH']) }),
    tcp: dialTcp,
    ...makeSocksMeans(tell),
    upgrade: async (...args) => (await import('./transports/upgrade.ts')).dialUpgrade(...args),
    httpConnect: async (...args) =>
      (await import('./transports/http-connect.ts')).dialHttpConnect(...args),
    command: async (...args) => (await import('./transports/command.ts')).dialCommand(...args),
    relayed: async (route, attempt) => {
      const { relayCommand } = await import('./other-byways.ts')
      const { dialRelayed } = await import('./transports/relayed.ts')
      return dialRelayed(relayCommand(route, context), attempt)
    },
    jumpProgram: async (...args) => {
      const { jumpProgram } = await import('./other-byways.ts')
      return jumpProgram(args, context)
    },
    reveal: revealAt,
    trusts: ({ source }) =>
      source === undefined || context.inventory.header.sources[source]?.allowCommands === true,
    revealText,
    readSetting,
    inside: async (pid, ...args) => {
      const { dialInside } = await import('./transports/inside.ts')
      return dialInside({ pid, dialler: [...ownCommand(), DIAL] }, ...args)
    },
    daemon: () => ({
      state: async () => (await loadTor(daemons)).state(),
      lease: async (attempt) => (await loadTor(daemons)).lease(attempt),
    }),
    networkDaemon: async (network) => {
      const { name, settings } = network
      if (settings.daemon === undefined && !Object.hasOwn(daemons.entries, name)) return null
      const { findNetworkDaemon } = await import('./network-daemons.ts')
      return findNetworkDaemon(network, { ...daemons, revealText, readSetting })
    },
  }
}

async function loadTor(context: DaemonContext) {
  const { makeTorDaemon } = await import('./daemon-wiring.ts')
  return makeTorDaemon(context)
}

function readSetting(setting: Covered): Promise<Secret> {
  const read = () =>
    typeof setting === 'string' ? new Secret(setting) : readExcerpt(setting.excerpt)
  return new Promise((resolve) => resolve(read()))
}

/** Without the blanks around it. A host, ticket or key is one word, which is no flag. Throws DATAERR. */
function requireWord(value: Secret, { machine, generator, file }: VarReference): Secret {
  const word = value.reveal().trim()
  if (/^[^-\s\p{Cc}\p{Cf}][^\s\p{Cc}\p{Cf}]*$/u.test(word)) return new Secret(word, value.isPublic)
  const name = JSON.stringify(`${machine}/${generator}/${file}`)
  throw new BywayError('DATAERR', `var ${name} is not one word, or begins with a dash`)
}

async function reveal(
  at: Location,
  clan: string | null,
  { attempt, tell, word }: { attempt: Attempt; tell: Tell; word: boolean },
): Promise<Secret> {
  if ('plain' in at) return new Secret(at.plain, true)
  const value = await read(at, clan, { attempt, tell })
  const secret = word && 'var' in at ? requireWord(value, at.var) : value
  if (!secret.isPublic) attempt.revealed?.(secret)
  return secret
}

async function read(
  at: Exclude<Location, { plain: string }>,
  clan: string | null,
  { attempt, tell }: { attempt: Attempt; tell: Tell },
): Promise<Secret> {
  if ('excerpt' in at) return readExcerpt(at.excerpt)
  attempt.stage('var')
  if ('file' in at) return readSecretFile(at.file)
  const { resolveVar } = await import('./vars/resolve.ts')
  const { signal } = attempt
  const mayStart = () => attempt.mayStart()
  return resolveVar(clan, at.var, { signal, tell, env: process.env, mayStart })
}
