import type { SocksPlace, Way } from './core/daemon.ts'
import { BywayError, messageOf } from './core/errors.ts'
import type { Means, NetworkDaemon } from './core/means.ts'
import type { Attempt, DaemonEntry, Location, Network, NetworkState } from './core/types.ts'
import { listDaemonFolders, mayBeOf, networkFolders } from './daemon-folders.ts'
import { type DaemonContext, describeStatus, LINGER, leaseFor } from './daemon-wiring.ts'
import { type Choice, chooseRecipe } from './daemons/choose.ts'
import { findProgram } from './daemons/find-program.ts'
import { askStatus, askStop, type Lease, type Wanted } from './daemons/lease.ts'
import { commandRecipe } from './daemons/overlays/command.ts'
import type { Given, Recipe } from './daemons/overlays/recipe.ts'
import { RECIPES } from './daemons/overlays/table.ts'
import { parseSocksUrl } from './networks/socks-url.ts'

/** Where overlays' programs are, and an ordinary user's PATH does not lead. */
const ALSO_IN = '/usr/local/sbin:/usr/sbin:/sbin'
/** A proxy's socket in the folder of a run. */
const IN_FOLDER = /^unix:(\{folder\}\/.+)$/

/** What a network's daemon needs besides. */
export interface NetworkDaemonContext extends DaemonContext {
  readonly revealText: Means['revealText']
  readonly readSetting: Means['readSetting']
}

/** A network's daemon with what a command may do besides. */
export interface HeldDaemon extends NetworkDaemon {
  /** The lease itself, to be held or given back. Throws as `lease` does. */
  take(attempt: Attempt, clan: string | null): Promise<Lease>
}

function daemonEntryOf(network: Network, entries: DaemonContext['entries']): DaemonEntry | null {
  const { daemon } = network.settings
  const isNamed = network.technology !== 'tor' && Object.hasOwn(entries, network.name)
  if (daemon === undefined && !isNamed) return null
  const entry = { ...(isNamed ? entries[network.name] : {}), ...daemon }
  return entry.command === undefined && !Object.hasOwn(RECIPES, network.technology) ? null : entry
}

/**
 * What byway can start for a network; null where the configuration does not say enough. Its lease
 * lives as long as this process, or its attempt.
 */
export function findNetworkDaemon(
  network: Network,
  given: NetworkDaemonContext,
): HeldDaemon | null {
  const entry = daemonEntryOf(network, given.entries)
  if (entry === null) return null
  const path = [given.env['PATH'], ALSO_IN].filter((one) => one !== undefined).join(':')
  const context = { ...given, env: { ...given.env, PATH: path } }
  const maker = new Maker(network, entry, context)
  return {
    state: () => maker.state(),
    take: (attempt, clan) => maker.take(attempt, clan),
    lease: async (attempt, clan): Promise<Way> => (await maker.take(attempt, clan)).way,
  }
}

class Maker {
  readonly #network: Network
  readonly #entry: DaemonEntry
  readonly #context: NetworkDaemonContext

  constructor(network: Network, entry: DaemonEntry, context: NetworkDaemonContext) {
    this.#network = network
    this.#entry = entry
    this.#context = context
  }

  async state(): Promise<NetworkState> {
    try {
      const known = describeStatus(await askStatus(this.#folders().runtime))
      if (known !== null) return known
      const choice = this.#choose()
      if ('obstacles' in choice) return { state: 'absent', ...explain(choice) }
      return { state: 'startable', detail: `byway can start ${describe(choice.recipe)}` }
    } catch (error) {
      return { state: 'absent', detail: messageOf(error) }
    }
  }

  take(attempt: Attempt, clan: string | null): Promise<Lease> {
    const choice = this.#choose()
    if ('obstacles' in choice) throw cannotStart(this.#network, choice)
    const wanted: Wanted = {
      name: this.#network.name,
      ...this.#folders(),
      linger: this.#entry.linger ?? LINGER,
      launch: async () => {
        await this.#endFormer()
        const given = await this.#read(choice.recipe, attempt, clan)
        const fitting = this.#choose(given)
        // where nothing fits the first one says what is wrong
        return ('recipe' in fitting ? fitting : choice).recipe.launch(given)
      },
    }
    return leaseFor(wanted, this.#context, attempt)
  }

  #folders() {
    return networkFolders(this.#network, this.#entry, this.#context.env)
  }

  /** One that runs as it was configured before has the same data, and perhaps the same port. */
  async #endFormer(): Promise<void> {
    const { name } = this.#network
    const { runtime } = this.#folders()
    const others = listDaemonFolders(this.#context.env).filter((one) => one !== runtime)
    for (const other of others.filter((one) => mayBeOf(name, one))) {
      const status = await askStatus(other)
      if (status?.name !== name) continue
      if (status.held || status.users.length > 0 || status.streams > 0) throw isInUse(name)
      await askStop(other)
    }
  }

  /** `given`: what was read, where it was; a recipe may not take it. */
  #choose(given?: Given): Choice {
    const { command } = this.#entry
    const own = () => [commandRecipe(this.#entry, () => this.#socks())]
    const recipes = command === undefined ? (RECIPES[this.#network.technology] ?? []) : own()
    const find = (program: string) => findProgram(program, this.#context.env['PATH'])
    const taking = recipes.filter((one) => given === undefined || (one.takes?.(given) ?? true))
    return chooseRecipe(taking, this.#entry, find)
  }

  /** Keys last, and only where a daemon is really started. */
  async #read(recipe: Recipe, attempt: Attempt, clan: string | null): Promise<Given> {
    const { config, key, args = [], env = {} } = this.#entry
    const read = async (at: Location | undefined) =>
      at === undefined ? null : (await this.#context.revealText(at, clan, attempt)).reveal()
    const variables = Object.entries(env).map(async ([name, value]) => [
      name,
      (await this.#context.readSetting(value)).reveal(),
    ])
    return {
      name: this.#network.name,
      config: recipe.folder === true ? null : await read(config),
      configPath: pathOf(config),
      key: await read(key),
      keyPath: pathOf(key),
      args,
      env: Object.fromEntries(await Promise.all(variables)),
    }
  }

  async #socks(): Promise<SocksPlace> {
    const { name, settings } = this.#network
    const setting = this.#entry.socks ?? settings.socks
    if (setting === undefined) {
      const hint = `set networks.${name}.daemon.socks, or "namespace": true to dial from inside`
      throw new BywayError(
        'CONFIG',
        `network "${name}": no "socks" says where its daemon listens`,
        {
          hint,
        },
      )
    }
    const text = await this.#context.readSetting(setting)
    const path = IN_FOLDER.exec(text.reveal())?.[1]
    if (path !== undefined) return { path }
    const { at, user, password } = parseSocksUrl(text, name)
    if (user === undefined) return at
    return { ...at, user, password: password?.reveal() ?? '' }
  }
}

function isInUse(name: string): BywayError {
  const text = `the daemon of "${name}" runs as it was configured before, and is in use`
  return new BywayError('UNAVAILABLE', text, { hint: `byway daemon stop ${name}` })
}

function pathOf(at: Location | undefined): string | null {
  return at !== undefined && 'file' in at ? at.file : null
}

function describe({ name, namespace }: Recipe): string {
  return namespace ? `${name}, in a network namespace of its own` : name
}

function explain({ obstacles }: Extract<Choice, { obstacles: unknown }>) {
  const detail = `it cannot be started here: ${obstacles.map(({ text }) => text).join('; ')}`
  const mend = [...new Set(obstacles.map((one) => one.mend))].join('; ')
  return { detail, mend }
}

function cannotStart(
  { name }: Network,
  choice: Extract<Choice, { obstacles: unknown }>,
): BywayError {
  const { detail, mend } = explain(choice)
  return new BywayError('UNAVAILABLE', `network "${name}": ${detail}`, {
    hint: mend,
    skipped: true,
  })
}
