import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig } from '../src/inventory/config.ts'
import { parseInventory } from '../src/inventory/parse.ts'
import { makeFolder } from './helpers/cleanup.ts'
import { useOwnStore } from './helpers/nix-recorder.ts'
import { mustRun } from './helpers/program.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** As Nix writes what a person says to both modules. */
const SETTINGS = `{
  enable = true;
  package = "/nix/store/byway";
  settings = { timeout = 5; networks.tor.socks = "127.0.0.1:9050"; };
  inventory.networks = {
    internet.peers = { web.host = "192.0.2.1"; db.host = "192.0.2.2"; };
    tor.peers.web.host = "192.0.2.3";
  };
}`

const nix = suite('flake.nix')

nix('has a package for each system, an overlay and both modules', async () => {
  const outputs = await evaluate(`{
    systems = builtins.attrNames flake.packages;
    names = map (system: builtins.attrNames flake.packages.\${system}) (builtins.attrNames flake.packages);
    overlay = (flake.overlays.default standIn.pkgs { }).byway.pname;
    released = flake.lib.fromRelease standIn.pkgs "byway.tgz";
  }`)
  assert.equal(outputs['systems'], ['aarch64-darwin', 'aarch64-linux', 'x86_64-linux'])
  assert.equal(outputs['names'], Array(3).fill(['byway', 'default']))
  assert.is(outputs['overlay'], 'byway')
  assert.is(outputs['released'].src, 'byway.tgz')
})

nix('is a flake: nix itself evaluates it, nixpkgs replaced', async () => {
  const folder = makeFolder()
  for (const name of ['flake.nix', 'nix', 'package.json', 'package-lock.json']) {
    cpSync(join(ROOT, name), join(folder, 'byway', name), { recursive: true })
  }
  cpSync(join(ROOT, 'test/nix'), join(folder, 'nixpkgs'), { recursive: true })
  const outputs = '{ outputs = _: (import ./stand-in.nix).nixpkgs; }'
  writeFileSync(join(folder, 'nixpkgs/flake.nix'), outputs)
  const experimental = ['--extra-experimental-features', 'nix-command flakes', '--offline']
  const instead = ['--override-input', 'nixpkgs', `path:${folder}/nixpkgs`, '--no-write-lock-file']
  const attribute = `path:${folder}/byway#packages.x86_64-linux.default.pname`
  const argv = ['nix', 'eval', '--raw', attribute, ...experimental, ...instead]
  const { stdout } = await mustRun(argv, {
    env: { ...process.env, ...useOwnStore(), HOME: folder },
  })
  assert.is(stdout.toString(), 'byway')
})

nix('the package takes every dependency from the registry, by the lock file', async () => {
  const { version, lock } = await evaluate(`{
    inherit (flake.packages.x86_64-linux.byway) version;
    lock = flake.packages.x86_64-linux.byway.npmDeps.packageLock.packages;
  }`)
  assert.match(version, /^\d+\.\d+\.\d+/)
  const urls = Object.entries<{ resolved: string; integrity: string }>(lock).filter(
    ([path]) => path !== '',
  )
  for (const [path, { resolved, integrity }] of urls) {
    assert.match(
      resolved,
      /^https:\/\/registry\.npmjs\.org\/(@[^/]+\/)?([^/]+)\/-\/\2-[^/]+\.tgz$/,
      path,
    )
    assert.match(integrity, /^sha512-/, path)
  }
  assert.match(lock['node_modules/@types/node'].resolved, '/@types/node/-/node-')
})

nix('the NixOS module: files that byway reads, and ssh for the machines', async () => {
  const { environment, programs } = await evaluate(
    `standIn.evaluate flake.nixosModules.default ${SETTINGS}`,
  )
  assert.equal(environment.systemPackages, ['/nix/store/byway'])
  checkFiles(environment.etc)
  assert.is(
    programs.ssh.extraConfig,
    'Host db web\n  CheckHostIP no\n  ProxyCommand "/nix/store/byway/bin/byway" connect %n %p\n',
  )
})

nix('the home-manager module: the same for one user', async () => {
  const { home, xdg, programs } = await evaluate(
    `standIn.evaluate flake.homeManagerModules.default ${SETTINGS}`,
  )
  assert.equal(home.packages, ['/nix/store/byway'])
  checkFiles(xdg.configFile)
  assert.equal(programs.ssh.matchBlocks.byway, {
    host: 'db web',
    checkHostIP: false,
    proxyCommand: '"/nix/store/byway/bin/byway" connect %n %p',
  })
})

nix('nothing is changed that was not asked for', async () => {
  const found = await evaluate(`{
    off = standIn.evaluate flake.nixosModules.default { };
    bare = standIn.evaluate flake.nixosModules.default { enable = true; package = "/byway"; };
    named = standIn.evaluate flake.nixosModules.default {
      enable = true; package = "/byway"; machines = [ "web" ]; inventory = "/clan/inventory.json";
    };
  }`)
  assert.is(found['off'], null)
  assert.equal(found['bare'].environment.etc, {})
  assert.is(found['bare'].programs.ssh.extraConfig, null)
  assert.match(found['named'].programs.ssh.extraConfig, /^Host web$/m)
  assert.is(found['named'].environment.etc['byway/inventory.json'].source, '/clan/inventory.json')
})

nix.run()

/** What Nix makes of an expression over the flake, given a stand-in for nixpkgs. */
async function evaluate(expression: string) {
  const argv = ['nix-instantiate', '--eval', '--strict', '--json', '--expr']
  const whole = `let
      standIn = import ${ROOT}test/nix/stand-in.nix;
      flake = (import ${ROOT}flake.nix).outputs { self = flake; inherit (standIn) nixpkgs; };
    in ${expression}`
  const env = { ...process.env, ...useOwnStore() }
  const { stdout } = await mustRun([...argv, whole], { env })
  return JSON.parse(stdout.toString())
}

function checkFiles(files: Readonly<Record<string, { readonly source: string }>>): void {
  assert.equal(Object.keys(files), ['byway/config.json', 'byway/inventory.json'])
  assert.is(parseConfig(files['byway/config.json']?.source ?? '', 'config.json').timeout, 5)
  const { networks } = parseInventory(files['byway/inventory.json']?.source ?? '', 'inventory.json')
  assert.equal(
    networks.map(({ name }) => name),
    ['internet', 'tor'],
  )
}
