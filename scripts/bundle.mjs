/**
 * Bundles src/main.ts into dist/byway.js: one CommonJS file that any Node >= 20 runs, and the main of the
 * executables (a SEA's main is CommonJS). Modules reached through `import()` are evaluated when it is called.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

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

const { metafile, outputFiles } = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/byway.js',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Identifiers keep their names for the sake of stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'eof',
  banner: {
    js: '#!/usr/bin/env node\nconst bundleUrl=require("node:url").pathToFileURL(__filename).href;',
  },
  define: {
    BYWAY_VERSION: JSON.stringify(version),
    BYWAY_BUILT_AT: String(Number(process.env['SOURCE_DATE_EPOCH'] ?? 0)),
    'import.meta.url': 'bundleUrl',
  },
  plugins: [withoutTranslations],
  metafile: true,
  write: false,
  logLevel: 'warning',
})

await mkdir('dist', { recursive: true })
await replace('dist/meta.json', JSON.stringify(metafile))
// The project is ESM, the bundle is not.
await replace('dist/package.json', '{"type":"commonjs"}\n')
for (const { contents } of outputFiles) await replace('dist/byway.js', contents, 0o755)

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
