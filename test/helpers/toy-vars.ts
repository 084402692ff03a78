import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Home } from './byway.ts'
import { atExit, makeFolder } from './cleanup.ts'
import { mustRun } from './program.ts'
import { tool } from './tools.ts'
import type { ToyClan, ToyVar } from './toy-clan.ts'

/** The ways in which Clan keeps a var. */
export const VAR_KINDS = ['public', 'sops', 'age', 'password-store'] as const

/** One of them. */
export type VarKind = (typeof VAR_KINDS)[number]

/** Puts vars into a clan as Clan's tools do, by the real programs, for one home's keys to open. */
export class ToyVars {
  readonly #clan: ToyClan
  readonly #home: Home
  /** recipient of the home's age identity */
  readonly #user: string

  private constructor(clan: ToyClan, home: Home, user: string) {
    this.#clan = clan
    this.#home = home
    this.#user = user
  }

  /** Makes the home's keys, where sops, age, gpg and pass look for them by themselves. */
  static async make(clan: ToyClan, home: Home): Promise<ToyVars> {
    const { identity, recipient } = await makeAgeKey()
    for (const place of ['config/sops/age/keys.txt', '.config/age/identities']) {
      const path = join(home.folder, place)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, identity, { mode: 0o600 })
    }
    return new ToyVars(clan, home, recipient)
  }

  add(kind: VarKind, name: ToyVar, value: string): Promise<void> {
    const add = {
      public: this.#addPublic,
      sops: this.#addSops,
      age: this.#addAge,
      'password-store': this.#addEntry,
    }[kind]
    return add.call(this, name, value)
  }

  #addPublic(name: ToyVar, value: string): Promise<void> {
    this.#clan.put(join('vars/per-machine', pathOf(name), 'value'), value)
    return Promise.resolve()
  }

  async #addSops(name: ToyVar, value: string): Promise<void> {
    const plain = join(makeFolder(), 'plain')
    writeFileSync(plain, value)
    const types = ['--input-type', 'binary', '--output-type', 'binary']
    const argv = [tool('sops'), '--encrypt', '--age', this.#user, ...types, plain]
    const { stdout } = await mustRun(argv)
    this.#clan.put(join('vars/per-machine', pathOf(name), 'secret'), stdout)
  }

  /** To the machine's key, which is encrypted to the user. */
  async #addAge(name: ToyVar, value: string): Promise<void> {
    const { identity, recipient } = await makeAgeKey()
    const key = join('secrets/age-keys/machines', name.machine)
    this.#clan.put(join(key, 'pub'), recipient)
    this.#clan.put(join(key, 'key.age'), await encryptAge(identity, this.#user))
    const path = join('secrets/clan-vars/per-machine', pathOf(name), `${name.file}.age`)
    this.#clan.put(path, await encryptAge(value, recipient))
  }

  async #addEntry(name: ToyVar, value: string): Promise<void> {
    const { env } = this.#home
    const generate = ['--quick-generate-key', 'toy', 'future-default', 'default', 'never']
    await mustRun(['gpg', '--batch', '--quiet', '--passphrase', '', ...generate], { env })
    await mustRun(['pass', 'init', 'toy'], { env })
    const entry = join('clan-vars/per-machine', pathOf(name))
    await mustRun(['pass', 'insert', '--multiline', entry], { env, input: value })
    atExit(() => spawnSync('gpgconf', ['--kill', 'all'], { env }))
  }
}

function pathOf({ machine, generator, file }: ToyVar): string {
  return join(machine, generator, file)
}

async function makeAgeKey(): Promise<{ identity: string; recipient: string }> {
  const { stdout } = await mustRun(['age-keygen'])
  const [, recipient = ''] = /# public key: (\S+)/.exec(stdout.toString()) ?? []
  return { identity: stdout.toString(), recipient }
}

async function encryptAge(value: string, recipient: string): Promise<Buffer> {
  return (await mustRun(['age', '--armor', '-r', recipient], { input: value })).stdout
}
