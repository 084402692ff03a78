/**
 * Prints the software bill of materials, CycloneDX: what is in dist/byway.js, by npm's own list and the bundler's, and
 * the Node that is in the executables. The same sources give the same document: its time is $SOURCE_DATE_EPOCH, its
 * serial number made of the rest.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import runtimes from './runtimes.json' with { type: 'json' }

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const NODE = {
  type: 'platform',
  'bom-ref': `node@${runtimes.version}`,
  name: 'node',
  version: runtimes.version,
  description: 'in the executables only',
  purl: `pkg:generic/node@${runtimes.version}`,
}

/** @typedef {{ 'bom-ref': string }} Component */

const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
const bom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 1 << 26 }))
const bundled = listBundled(JSON.parse(readFileSync('dist/meta.json', 'utf8')))
/** @type {Component[]} */
const components = bom.components
const kept = components.filter((one) => bundled.has(one['bom-ref']))
const missing = [...bundled].filter((name) => !kept.some((one) => one['bom-ref'] === name))
if (missing.length > 0) throw new Error(`npm sbom does not know ${missing.join(', ')}`)

const references = new Set([
  bom.metadata.component['bom-ref'],
  ...kept.map((one) => one['bom-ref']),
])
const document = {
  ...bom,
  metadata: {
    ...bom.metadata,
    timestamp: new Date(Number(process.env['SOURCE_DATE_EPOCH'] ?? 0) * 1000).toISOString(),
    lifecycles: [{ phase: 'build' }],
    // npm calls it by the folder's name
    component: { ...bom.metadata.component, type: 'application', name: 'byway' },
  },
  components: [...kept.map(asRequired), NODE],
  dependencies: bom.dependencies
    .filter((/** @type {{ ref: string }} */ { ref }) => references.has(ref))
    .map((/** @type {{ ref: string, dependsOn: string[] }} */ { ref, dependsOn }) => ({
      ref,
      dependsOn: dependsOn.filter((other) => references.has(other)),
    })),
}
document.serialNumber = `urn:uuid:${uuidOf(JSON.stringify({ ...document, serialNumber: '' }))}`
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)

/**
 * The packages of which something is in the bundle, `name@version`.
 *
 * @param {{ inputs: Record<string, unknown> }} meta
 */
function listBundled({ inputs }) {
  const folders = Object.keys(inputs).flatMap((path) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []
    return folder === undefined ? [] : [folder]
  })
  const manifests = [...new Set(folders)].map((folder) =>
    JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')),
  )
  return new Set(manifests.map(({ name, version }) => `${name}@${version}`))
}

/**
 * Npm knows it as needed for development: in the bundle it is needed.
 *
 * @param {Component} component
 */
function asRequired(component) {
  return { ...component, scope: 'required', properties: [] }
}

/**
 * A UUID of version 8 (RFC 9562) that is a digest.
 *
 * @param {string} text
 */
function uuidOf(text) {
  const digest = createHash('sha256').update(text).digest('hex')
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}
