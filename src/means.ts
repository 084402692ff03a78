import type { GlobalFlags } from './arguments.ts'
import { makeComputer } from './computer/computer.ts'
import { BywayError } from './core/errors.ts'
import type { Means } from './core/means.ts'
import { Secret } from './core/secret.ts'
import type { Attempt, Location, Tell, VarReference } from './core/types.ts'
import type { DaemonContext } from './daemon-wiring.ts'
import { findProgram } from './daemons/find-program.ts'
import { readExcerpt, readSecretFile } from './inventory/excerpt.ts'
import type { OpenedInventory } from './inventory/open.ts'
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
  const daemons = { env: process.env, entries: context.inventory.header.daemons, progress }
  return {
    computer: makeComputer({ findProgram: (name) => findProgram(name, process.env['PATH']) }),
    tcp: dialTcp,
    socks: async (...args) => (await import('./transports/socks.ts')).dialSocks(...args),
    upgrade: async (...args) => (await import('./transports/upgrade.ts')).dialUpgrade(...args),
    speaksSocks: async (...args) =>
      (await import('./transports/socks-proxy.ts')).speaksSocks(...args),
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
    reveal: (at, clan, attempt) => reveal(at, clan, { attempt, tell }),
    readSetting: async (setting) =>
      typeof setting === 'string' ? new Secret(setting) : readExcerpt(setting.excerpt),
    daemon: (name) => ({
      state: async () => (await loadDaemon(name, daemons)).state(),
      lease: async (attempt) => (await loadDaemon(name, daemons)).lease(attempt),
    }),
  }
}

async function loadDaemon(name: string, context: DaemonContext) {
  const { makeDaemon } = await import('./daemon-wiring.ts')
  return makeDaemon(name, context)
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
  { attempt, tell }: { attempt: Attempt; tell: Tell },
): Promise<Secret> {
  if ('plain' in at) return new Secret(at.plain, true)
  const secret = await read(at, clan, { attempt, tell })
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
  const value = await resolveVar(clan, at.var, { signal, tell, env: process.env, mayStart })
  return requireWord(value, at.var)
}
