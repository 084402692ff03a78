// serial
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mustRun } from '../helpers/program.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const RELEASE = join(ROOT, 'dist/release')
/** What is made of the sources in a moment. */
const MADE = ['dist/byway.js', 'dist/byway.1'].map((name) => join(ROOT, name))
const { version } = readJson('package.json')

const release = suite('make release')

release('gathers executables, packages, an SBOM and the checksums of all', async () => {
  const files = [
    'NOTES.md',
    'byway-linux-arm64',
    'byway-linux-x64',
    'byway-macos-arm64',
    `byway-${version}.tgz`,
    'byway.cdx.json',
    `byway_${version}_amd64.deb`,
    `byway_${version}_arm64.deb`,
  ]
  assert.equal(readdirSync(RELEASE).sort(), ['SHA256SUMS', ...files].sort())
  const sums = readFileSync(join(RELEASE, 'SHA256SUMS'), 'utf8')
  assert.equal(
    sums
      .trim()
      .split('\n')
      .map((line) => line.slice(66))
      .sort(),
    files.sort(),
  )
  await mustRun(['sha256sum', '--check', '--strict', 'SHA256SUMS'], { cwd: RELEASE })
})

release(
  'the SBOM names what is in the bundle, the Node of the executables, and nothing else',
  () => {
    const bom = readJson('dist/release/byway.cdx.json')
    assert.is(bom.bomFormat, 'CycloneDX')
    assert.equal([bom.metadata.component.name, bom.metadata.component.version], ['byway', version])
    assert.match(
      bom.serialNumber,
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    const names = bom.components.map(({ name }: { name: string }) => name)
    const { inputs } = readJson('dist/meta.json')
    const bundled = Object.keys(inputs).flatMap((path) => {
      const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
      return name === undefined ? [] : [name]
    })
    assert.equal([...new Set(names)].sort(), [...new Set([...bundled, 'node'])].sort())
    for (const { name, purl, version: its } of bom.components) assert.ok(purl && its, name)
  },
)

release('the notes say what changed, and what all was made of', async () => {
  const notes = readFileSync(join(RELEASE, 'NOTES.md'), 'utf8')
  const [commit, sums] = await Promise.all([
    mustRun(['git', 'rev-parse', 'HEAD'], { cwd: ROOT }),
    mustRun(['sha256sum', 'dist/byway.js', 'package-lock.json'], { cwd: ROOT }),
  ])
  assert.ok(notes.includes(commit.stdout.toString().trim()))
  for (const line of sums.stdout.toString().trim().split('\n')) {
    assert.ok(notes.includes(line.slice(0, 64)), line)
  }
  const { targets } = readJson('scripts/runtimes.json')
  for (const { integrity } of Object.values<{ integrity: string }>(targets)) {
    assert.ok(notes.includes(integrity), integrity)
  }
  assert.match(notes, /^## Added$/m)
  assert.match(notes, /^\| `npm audit` \| (nothing known|the registry does not say: .+) \|$/m)
})

release('bundle, manual and SBOM are the same when they are made again', async () => {
  const sums = async () => {
    const { stdout } = await mustRun(['sha256sum', 'dist/byway.js', 'dist/byway.1'], { cwd: ROOT })
    return stdout.toString()
  }
  const before = await sums()
  const times = MADE.map((path) => statSync(path).mtime)
  await mustRun(
    ['make', '-W', 'package.json', '-W', 'scripts/manual.ts', 'dist/byway.js', 'dist/byway.1'],
    { cwd: ROOT },
  )
  // nothing else is to be built again for it
  for (const [i, path] of MADE.entries()) utimesSync(path, times[i] ?? 0, times[i] ?? 0)
  assert.is(await sums(), before)
  const made = readFileSync(join(RELEASE, 'byway.cdx.json'), 'utf8')
  const { timestamp } = JSON.parse(made).metadata
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(Date.parse(timestamp) / 1000) }
  const again = await mustRun([process.execPath, 'scripts/sbom.mjs'], { cwd: ROOT, env })
  assert.is(again.stdout.toString(), made)
})

release.run()

function readJson(name: string) {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8'))
}
