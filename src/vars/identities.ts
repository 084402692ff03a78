import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { homeOf, withoutKeys } from '../children/environment.ts'
import { Secret } from '../core/secret.ts'
import type { Environment, VarContext } from './backend.ts'
import {
  type Identities,
  type IdentitySource,
  joinIdentities,
  NO_IDENTITIES,
  parseIdentities,
} from './identity-text.ts'
import { runProgram } from './program.ts'
import { splitWords } from './words.ts'

/** bytes; the largest file that is read as identities */
const SIZE_LIMIT = 1024 * 1024

/** What sops tells the commands. */
const RECIPIENT_VARIABLE = 'SOPS_AGE_RECIPIENT'

/** How a place is looked at; `at` is a variable's name or a path below a directory. */
export interface IdentityPlace {
  readonly kind: 'text' | 'file' | 'command' | 'home' | 'config'
  readonly at: string
}

/** Where sops looks (its README, "Encrypting using age"; age/keysource.go). */
export const SOPS_PLACES: readonly IdentityPlace[] = [
  { kind: 'text', at: 'SOPS_AGE_KEY' },
  { kind: 'file', at: 'SOPS_AGE_KEY_FILE' },
  { kind: 'config', at: 'sops/age/keys.txt' },
  { kind: 'file', at: 'SOPS_AGE_SSH_PRIVATE_KEY_FILE' },
  { kind: 'home', at: '.ssh/id_ed25519' },
  { kind: 'home', at: '.ssh/id_rsa' },
  { kind: 'command', at: 'SOPS_AGE_KEY_CMD' },
  { kind: 'command', at: 'SOPS_AGE_SSH_PRIVATE_KEY_CMD' },
]

/** Where Clan's age backend looks (its guide "age Backend for Vars"). */
export const AGE_PLACES: readonly IdentityPlace[] = [
  { kind: 'text', at: 'AGE_KEY' },
  { kind: 'file', at: 'AGE_KEYFILE' },
  { kind: 'home', at: '.config/age/identities' },
  { kind: 'home', at: '.config/sops/age/keys.txt' },
  { kind: 'home', at: '.age/key.txt' },
]

/**
 * The identities of all places but commands. What is broken or cannot be read is left out with a
 * word; files at the usual places may be missing without one. Throws nothing.
 */
export async function loadIdentities(
  places: readonly IdentityPlace[],
  { env, tell }: VarContext,
): Promise<Identities> {
  const sources = await Promise.all(places.map((place) => readPlace(place, env, tell)))
  const parts = sources.map((source) => parseSource(source, tell))
  return joinIdentities(await Promise.all(parts))
}

/**
 * The identities that the user's commands print, which are told for which recipient
 * (`SOPS_AGE_RECIPIENT`). Split as sops splits them, run without a shell; a command that fails is
 * left out with a word. Throws the signal's reason when that aborts.
 */
export async function runIdentityCommands(
  places: readonly IdentityPlace[],
  recipient: string,
  context: VarContext,
): Promise<Identities> {
  const parts: Identities[] = []
  // sops' variables also hold keys, which are not for these programs.
  const env: Environment = { ...withoutKeys(context.env), [RECIPIENT_VARIABLE]: recipient }
  for (const { kind, at } of places) {
    if (kind !== 'command' || !env[at]) continue
    const text = await runCommand(at, env, context)
    const source = text === null ? null : { label: `output of ${at}`, path: null, text }
    parts.push(await parseSource(source, context.tell))
  }
  return joinIdentities(parts)
}

/** Tells all the places at `-v`, and advises the usual one. */
export function adviseIdentity(
  places: readonly IdentityPlace[],
  { env, tell }: VarContext,
): string {
  const names = places.map((place) => (isFixed(place) ? pathOf(place, env) : place.at))
  tell(1, `looked for age identities in ${names.join(', ')}`)
  const usual = places.filter(isFixed).map((place) => pathOf(place, env))
  return `put the identity of a recipient into ${usual[0] ?? names[0]}`
}

function parseSource(
  source: IdentitySource | null,
  tell: VarContext['tell'],
): Identities | Promise<Identities> {
  return source === null ? NO_IDENTITIES : parseIdentities(source, tell)
}

async function readPlace(
  place: IdentityPlace,
  env: Environment,
  tell: VarContext['tell'],
): Promise<IdentitySource | null> {
  if (place.kind === 'command') return null
  const value = isFixed(place) ? pathOf(place, env) : env[place.at]
  if (!value) return null
  if (place.kind === 'text') return { label: place.at, path: null, text: new Secret(value) }
  try {
    return { label: value, path: value, text: await readSmall(value) }
  } catch (error) {
    const code = codeOf(error)
    if (!isFixed(place) || code !== 'ENOENT') tell(1, `identities in ${value}: ${code}, skipped`)
    return null
  }
}

async function readSmall(path: string): Promise<Secret> {
  const { size } = await stat(path)
  if (size > SIZE_LIMIT) throw Object.assign(new Error('too large'), { code: 'EFBIG' })
  return new Secret(await readFile(path, 'utf8'))
}

async function runCommand(
  variable: string,
  env: Environment,
  context: VarContext,
): Promise<Secret | null> {
  const argv = splitWords(env[variable] ?? '')
  if (argv === null || argv.length === 0) {
    context.tell(1, `${variable} is not a command, skipped`)
    return null
  }
  const outcome = await runProgram({ argv, context, env })
  if (outcome?.status === 0) return new Secret(outcome.output.toString())
  const fault = outcome === null ? 'is not on PATH' : `ended with ${outcome.status}`
  context.tell(1, `${variable}: ${JSON.stringify(argv[0])} ${fault}, skipped`)
  return null
}

function isFixed({ kind }: IdentityPlace): boolean {
  return kind === 'home' || kind === 'config'
}

function pathOf({ kind, at }: IdentityPlace, env: Environment): string {
  const { XDG_CONFIG_HOME: config } = env
  const home = homeOf(env)
  if (kind === 'home') return join(home, at)
  const usual = process.platform === 'darwin' ? 'Library/Application Support' : '.config'
  return join(config || join(home, usual), at)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'cannot be read'
}
