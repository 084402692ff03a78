/**
 * Prints the notes of a release: what changed, by CHANGELOG.md, and its provenance: what it was made of and by what,
 * with hashes. Ends with an error when `npm audit` knows of a vulnerability in anything that takes part.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { git } from './git.mjs'
import runtimes from './runtimes.json' with { type: 'json' }

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { version, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

const rows = [
  ['commit', describeCommit()],
  ['dependencies', `package-lock.json, sha256 \`${sha256('package-lock.json')}\``],
  ['`npm audit`', audit()],
  ['`byway.js`', `sha256 \`${sha256('dist/byway.js')}\`, by esbuild ${devDependencies.esbuild}`],
  ...Object.entries(runtimes.targets).map(([target, { package: name, integrity }]) => {
    return [`Node of ${target}`, `npm's \`${name}@${runtimes.version}\`, \`${integrity}\``]
  }),
  ['executables', `by @yao-pkg/pkg ${devDependencies['@yao-pkg/pkg']}`],
]

process.stdout.write(`# byway ${version}

${changes()}

## Provenance

| | |
| --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

\`make release\` of this commit makes the same \`byway.js\`, manual page and SBOM, byte for byte. An executable of the
platform that made it may differ in some bits of the code that V8 compiled beforehand. \`SHA256SUMS\` is of all files;
\`byway.cdx.json\` names what is in them.
`)

/** What CHANGELOG.md says of this version, or of what is not released yet. */
function changes() {
  const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m)
  const ours = [`[${version}]`, '[Unreleased]']
    .map((title) => sections.find((section) => section.startsWith(title)))
    .find((section) => section !== undefined)
  if (ours === undefined) throw new Error(`CHANGELOG.md says nothing of ${version}`)
  const [, ...lines] = ours.split('\n')
  return lines.join('\n').replaceAll(/^### /gm, '## ').trim()
}

function describeCommit() {
  const changed = git('status', '--porcelain') === '' ? '' : ', with changes that are not committed'
  return `\`${git('rev-parse', 'HEAD')}\` of ${git('log', '-1', '--format=%cI')}${changed}`
}

/** What npm's registry knows of the packages; a registry that cannot say is named as that. */
function audit() {
  const { status, stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8' })
  if (status === 0) return 'nothing known'
  const { vulnerabilities, message = 'no answer' } = JSON.parse(stdout || '{}')
  if (vulnerabilities === undefined) return `the registry does not say: ${message.split(' - ')[0]}`
  throw new Error(`npm audit: ${Object.keys(vulnerabilities).join(', ')}`)
}

/** @param {string} path */
function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
