import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BywayError } from '../../src/core/errors.ts'
import type { VarReference } from '../../src/core/types.ts'
import type { Environment, VarBackend, VarContext } from '../../src/vars/backend.ts'
import { makeFolder } from '../helpers/cleanup.ts'

/** The folder of the fixtures. */
export const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))

/** The var that most tests read. */
export const HOSTNAME: VarReference = { machine: 'web', generator: 'tor_tor', file: 'hostname' }

/** A context that keeps what it was told. */
export interface Told extends VarContext {
  readonly told: string[]
}

/** A context whose environment is only this: an empty home, and nothing on the PATH. */
export function makeContext(env: Environment = {}, signal = new AbortController().signal): Told {
  const told: string[] = []
  return {
    told,
    signal,
    tell: (_level, text) => told.push(text),
    env: { HOME: '/nonexistent', PATH: '/nonexistent', ...env },
  }
}

/** Writes a file, and the folders that lead to it; gives its path. */
export function put(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** The path of a var's file in the folder `vars` of a clan. */
export function varPath(clan: string, name: 'value' | 'secret', ref = HOSTNAME): string {
  return join(clan, 'vars', 'per-machine', ref.machine, ref.generator, ref.file, name)
}

/** A clan's directory with a secret of this content, as sops left it. */
export function makeSopsClan(content: string | Uint8Array): string {
  const clan = makeFolder()
  put(varPath(clan, 'secret'), content)
  return clan
}

/** Reads with one backend and expects that it finds something. */
export async function readWith(
  backend: VarBackend,
  clan: string,
  context: VarContext = makeContext(),
): Promise<Buffer> {
  const bytes = await backend.read(clan, HOSTNAME, context)
  if (bytes === null) throw new Error('the backend holds no such var')
  return Buffer.from(bytes)
}

/** What reading throws, which has to be an error of byway's. */
export async function failureOf(reading: Promise<unknown>): Promise<BywayError> {
  const thrown = await reading.then(
    (value) => new Error(`gave a value of ${Buffer.byteLength(String(value))} bytes`),
    (error: unknown) => error,
  )
  if (thrown instanceof BywayError) return thrown
  throw thrown
}

/** All that a person or a log could see of an error, its causes included. */
export function visible(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { hint } = error as Partial<BywayError>
  return [error.stack, hint, error.cause && visible(error.cause)].filter(Boolean).join('\n')
}
