import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { type ClanFacts, evaluateWithNix } from '../../src/inventory/nix.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { holdDatabase, NIX_DATABASE, NixRecorder } from '../helpers/nix-recorder.ts'
import { findByEnvironment } from '../helpers/proc.ts'
import { until } from '../helpers/until.ts'

const nix = suite('inventory/nix')

const PATH = process.env['PATH'] ?? ''
const QUESTION = { installable: '.', exports: true, refresh: false }

interface Place {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** A folder with a flake, and the environment in which a Nix of the test's own evaluates it. */
function makePlace(outputs: string): Place & { readonly recorder: NixRecorder } {
  const folder = makeFolder()
  writeFileSync(join(folder, 'flake.nix'), `{ outputs = { self }: { ${outputs} }; }`)
  const bin = makeFolder()
  const recorder = new NixRecorder(bin)
  return { folder, env: { HOME: makeFolder(), PATH: `${bin}${delimiter}${PATH}` }, recorder }
}

/** A program `nix` that does just this. */
function standIn(lines: string): Place {
  const bin = makeFolder()
  writeFileSync(join(bin, 'nix'), `#!/bin/sh\n${lines}\n`)
  chmodSync(join(bin, 'nix'), 0o755)
  return { folder: makeFolder(), env: { PATH: `${bin}${delimiter}${PATH}`, MARK: bin } }
}

function evaluate(place: Place, signal = new AbortController().signal): Promise<ClanFacts> {
  return evaluateWithNix(QUESTION, { ...place, signal })
}

async function failureOf(work: Promise<unknown>): Promise<BywayError> {
  const thrown = await work.then(() => null).catch((error: unknown) => error)
  if (thrown instanceof BywayError) return thrown
  throw thrown ?? new Error('nothing was thrown')
}

nix('gives what a clan says', async () => {
  const place = makePlace(`clan = {
    exports."a:b:c:d" = { networking.priority = 1; peer = null; secret = throw "not asked for"; };
    inventory.machines.web.deploy.targetHost = "root@web";
    inventory.machines.db = { };
    inventory.instances.net.roles.default.machines = {
      web.settings.jumphosts = [ "one" "two" ];
      db.settings = { imports = [ { imports = [ { jumphosts = [ "deep" ]; } ]; } (x: x) ]; };
      app.settings.config.jumphosts = [ "config" ];
      mail = { };
    };
    inventory.meta.domain = "example.net";
    clanInternals.inventoryClass.relativeDirectory = "sub";
  };`)
  assert.equal(await evaluate(place), {
    exports: { 'a:b:c:d': { networking: { priority: 1 }, peer: null } },
    targetHosts: { web: 'root@web', db: null },
    jumpHosts: { net: { web: ['one', 'two'], db: ['deep'], app: ['config'], mail: [] } },
    domain: 'example.net',
    directory: 'sub',
    failed: [],
  })
})

nix('a clan of nothing says nothing', async () => {
  assert.equal(await evaluate(makePlace('clan = { };')), {
    ...{ exports: null, targetHosts: {}, jumpHosts: {}, domain: null, directory: '', failed: [] },
  })
})

nix('reads the domain where the clan has its own meta', async () => {
  const facts = await evaluate(makePlace('clan.meta.domain = "own.example";'))
  assert.is(facts.domain, 'own.example')
})

nix('keeps the exports of 2025, by instance', async () => {
  const facts = await evaluate(
    makePlace(`clan.exports = {
      instances.tor.networking = { priority = 10; peers.web.host.plain = "x"; };
      instances.users = null;
      machines = throw "not asked for";
    };`),
  )
  const networking = { priority: 10, peers: { web: { host: { plain: 'x' } } } }
  assert.equal(facts.exports, { instances: { tor: { networking }, users: null } })
})

nix('what cannot be evaluated is lost alone, whatever is the matter with it', async () => {
  const place = makePlace(`clan = {
    exports = {
      "a:thrown::" = throw "no";
      "b:asserted::" = assert false; { };
      "c:function::".peer = x: x;
      "d:missing::".peer = { }.missing;
      "e:unreadable::".peer.hosts = [ { plain = builtins.readFile ./not-there; } ];
      "f:endless::" = let loop = loop; in loop;
      "g:type::".peer = 1 + "1";
      "h:derivation::".peer = { type = "derivation"; outPath = "/nix/store/x"; };
      "i:sound::".peer.hosts = [ { plain = "x"; } { plain = throw "no"; } (y: y) ];
      "j:odd \\"\\\${x}'' \\\\ key::".peer = { }.missing;
    };
    inventory.machines = { bad.deploy.targetHost = { }.missing; good.deploy.targetHost = "good"; };
    inventory.instances = throw "no";
    inventory.meta.domain = throw "no";
    clanInternals = { }.missing;
  };`)
  const facts = await evaluate(place)
  assert.equal(facts.exports, {
    'c:function::': {},
    'h:derivation::': {},
    'i:sound::': { peer: { hosts: [{ plain: 'x' }, {}] } },
  })
  assert.equal(facts.targetHosts, { good: 'good' })
  assert.equal([facts.domain, facts.directory], [undefined, undefined])
  const paths = facts.failed.map((path) => (JSON.parse(path) as unknown[]).slice(0, 2).join(' '))
  assert.equal([...new Set(paths)].toSorted(), [
    'directory',
    'domain',
    'exports a:thrown::',
    'exports b:asserted::',
    'exports c:function::',
    'exports d:missing::',
    'exports e:unreadable::',
    'exports f:endless::',
    'exports g:type::',
    'exports h:derivation::',
    'exports i:sound::',
    `exports j:odd "\${x}'' \\ key::`,
    'targetHosts bad',
  ])
})

nix('exports that cannot be listed are an error', async () => {
  const error = await failureOf(evaluate(makePlace('clan.exports = { }.missing;')))
  assert.equal([error.exit, error.message], ['DATAERR', "nix: attribute 'missing' missing"])
})

nix('leaves the flake as it is, without a lock', async () => {
  const place = makePlace('clan = { };')
  await evaluate(place)
  assert.equal(readdirSync(place.folder), ['flake.nix'])
  assert.is(place.recorder.runs, 1)
})

nix('waits until another Nix leaves the database', async () => {
  const place = makePlace('clan = { };')
  const holder = await holdDatabase()
  const work = evaluate(place)
  await until('nix has failed once', () => place.recorder.runs === 2)
  holder.kill()
  assert.is((await work).directory, '')
})

nix(
  'a database that stays busy is an error, in bounded time, and an abort ends the wait',
  async () => {
    const place = makePlace('clan = { };')
    const holder = await holdDatabase()
    const error = await failureOf(evaluate(place))
    assert.equal(
      [error.exit, error.message],
      ['DATAERR', `nix: SQLite database '${NIX_DATABASE}' is busy`],
    )
    assert.is(place.recorder.runs, 6)
    const stop = new AbortController()
    const aborted = failureOf(evaluate(place, stop.signal))
    await until('nix has failed four times more', () => place.recorder.runs === 10)
    stop.abort(new BywayError('UNAVAILABLE', 'enough'))
    assert.is((await aborted).message, 'enough')
    holder.kill()
  },
)

for (const [name, lines, message] of [
  ['JSON that is cut off', 'printf "{\\"exports\\":"', 'nix: what it wrote is no JSON, or cut off'],
  ['no object', 'echo 3', 'nix: what it wrote is no JSON object'],
  [
    'JSON that is cut off, and a status',
    'printf "{\\"exports\\":"; printf "error: \\033[31mbad\\033[0m thing\\n" >&2; exit 1',
    'nix: bad thing',
  ],
  ['a signal', 'kill -9 $$', 'nix: ended by a signal: it does not say why'],
  [
    'the same part that ends it again and again',
    'printf "trace: byway [\\"domain\\"]\\nerror: stuck\\n" >&2; exit 1',
    'nix: stuck',
  ],
] as const) {
  nix(`${name} from nix is an error`, async () => {
    const error = await failureOf(evaluate(standIn(lines)))
    assert.equal([error.exit, error.message], ['DATAERR', message])
  })
}

nix('nix that cannot be started', async () => {
  const missing = await failureOf(
    evaluateWithNix(QUESTION, {
      folder: makeFolder(),
      env: { PATH: makeFolder() },
      signal: new AbortController().signal,
    }),
  )
  assert.equal([missing.exit, missing.message], ['UNAVAILABLE', 'there is no program "nix"'])
})

nix('an abort ends nix and all that it started', async () => {
  const place = standIn('sleep 60 & sleep 61')
  const stop = new AbortController()
  const sleepers = () =>
    findByEnvironment(`MARK=${place.env['MARK']}`).filter(({ command }) =>
      command.startsWith('sleep'),
    )
  const work = failureOf(evaluate(place, stop.signal))
  await until('both sleep', () => sleepers().length === 2)
  stop.abort(new BywayError('UNAVAILABLE', 'enough'))
  assert.is((await work).message, 'enough')
  await until('both are gone', () => sleepers().length === 0)
})

nix.run()
