import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { homeOf } from '../children/environment.ts'
import { BywayError } from '../core/errors.ts'
import type { Environment, VarBackend, VarContext } from './backend.ts'
import { placementsOf } from './paths.ts'
import { describeEnd, runProgram } from './program.ts'

/** A program that keeps a store of encrypted files. */
interface Store {
  readonly program: string
  /** the variable that names its directory, and where that is without */
  readonly variable: string
  readonly usual: string
  /** of its files */
  readonly extension: string
}

/** passage is what Clan takes unless a machine's `passCommand` says pass. */
const STORES: readonly Store[] = [
  { program: 'passage', variable: 'PASSAGE_DIR', usual: '.passage/store', extension: '.age' },
  { program: 'pass', variable: 'PASSWORD_STORE_DIR', usual: '.password-store', extension: '.gpg' },
]

/**
 * Secrets in the user's password store: entries `clan-vars/<placement>/<generator>/<file>`. The
 * program runs only for an entry whose file is in its store, as Clan looks for it.
 */
export const passwordStoreBackend: VarBackend = {
  name: 'password-store',
  async read(_clan, ref, context) {
    for (const placement of placementsOf(ref)) {
      const entry = ['clan-vars', ...placement].join('/')
      const store = await findStore(entry, context.env)
      if (store !== undefined) return show(store, entry, context)
    }
    return null
  },
}

async function findStore(entry: string, env: Environment): Promise<Store | undefined> {
  for (const store of STORES) {
    const directory = env[store.variable] || join(homeOf(env), store.usual)
    if (await isThere(join(directory, `${entry}${store.extension}`))) return store
  }
  return undefined
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

async function show({ program }: Store, entry: string, context: VarContext): Promise<Buffer> {
  const outcome = await runProgram({ argv: [program, 'show', entry], context })
  if (outcome?.status === 0) return outcome.output
  const fault = outcome === null ? 'is not on PATH' : describeEnd(outcome)
  throw new BywayError('NOPERM', `entry ${JSON.stringify(entry)}: ${program} ${fault}`, {
    hint:
      outcome === null
        ? `install ${program}`
        : `see that this works in the terminal: ${program} show ${entry}`,
  })
}
