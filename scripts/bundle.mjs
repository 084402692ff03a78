/**
 * Bundles src/main.ts into dist/byway.js: one CommonJS file that any Node >= 20.12 runs, and the main of the
 * executables (a SEA's main is CommonJS). Modules reached through `import()` are evaluated when it is called.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { joinChunks } from './chunks.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { version } = JSON.parse(await readFile('package.json', 'utf8'))

/**
 * zod's entry exports all of its translations, a third of the bundle that every start would have to scan.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutTranslations = {
  name: 'without-translations',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export {}',
    }))
  },
}

/**
 * yargs takes settings of the package.json of the current directory or any above it, which may be anybody's, and
 * waits for a pipe of that name: what looks for it finds nothing.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutSettings = {
  name: 'without-settings',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/escalade\/sync\/index\.mjs$/ }, () => ({
      contents: 'export default () => {}',
    }))
  },
}

/** Sources that a connect evaluates while ssh waits for it. */
const DIALLING = /^src\/(transports|networks)\//

const { metafile, outputFiles } = await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.12',
  charset: 'ascii',
  legalComments: 'eof',
  minifySyntax: true,
  define: {
    BYWAY_VERSION: JSON.stringify(version),
    BYWAY_BUILT_AT: String(Number(process.env['SOURCE_DATE_EPOCH'] ?? 0)),
    'import.meta.url': 'bundleUrl',
  },
  plugins: [withoutTranslations, withoutSettings],
  metafile: true,
  write: false,
  logLevel: 'warning',
})

const chunks = new Map(
  outputFiles.map(({ path, text }) => {
    const output = metafile.outputs[relative('.', path)]
    const statics = (output?.imports ?? []).filter(({ kind }) => kind === 'import-statement')
    const imports = statics.flatMap(({ path, external }) => (external ? [] : [inDist(path)]))
    const dials = Object.keys(output?.inputs ?? {}).some((input) => DIALLING.test(input))
    return [inDist(path), { code: text, imports, dials }]
  }),
)
const script = await joinChunks(chunks, './main.js')

await mkdir('dist', { recursive: true })
await replace('dist/meta.json', JSON.stringify(metafile))
// The project is ESM, the bundle is not.
await replace('dist/package.json', '{"type":"commonjs"}\n')
await replace('dist/byway.js', `#!/usr/bin/env node\n${script}\n`, 0o755)

/** @param {string} path */
function inDist(path) {
  return `./${relative('dist', path)}`
}

/**
 * Writes a file whole or not at all, so that a program that starts meanwhile reads the old or the new one.
 *
 * @param {string} path
 * @param {string | Uint8Array} contents
 * @param {number} [mode]
 */
async function replace(path, contents, mode = 0o644) {
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, contents)
  await chmod(temporary, mode)
  await rename(temporary, path)
}
