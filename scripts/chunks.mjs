/**
 * Makes one script of the chunks that esbuild splits a program into. What the program evaluates at its start is
 * code; every other chunk is a function whose body is a comment, which an engine skips without parsing, and
 * becomes code when it is first needed. The largest are compressed, as skipping takes its time, too; but not those
 * that a connect may need: decompressing takes longer.
 */
import { brotliCompressSync } from 'node:zlib'
import { build, transform } from 'esbuild'

/** Characters of the largest chunk that is not compressed, if no connect waits for it. */
const LARGEST = 6000

const COMPRESSED = 'brotli:'
/** Stands for the end of a comment within one. */
const ESCAPED_END = '*\x01/'
/** The module that knows the chunks of the start by name, for those that come later. */
const REGISTRY = './registry.js'

const SHARED = /** @type {const} */ ({
  format: 'cjs',
  platform: 'node',
  target: 'node20.12',
  charset: 'ascii',
  // Identifiers keep their names for the sake of stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // A lazy chunk is required, later.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
})

/** The exports of a chunk, made once, by its name; of any other name, what Node has. */
const LOADER = `
const loaded = new Map()
function load(name) {
  if (!loaded.has(name)) {
    if (name.startsWith('./')) run(name)
    else loaded.set(name, require(name))
  }
  return loaded.get(name)
}
function run(name) {
  const module = { exports: {} }
  loaded.set(name, module.exports)
  compile(name)(load, module, require('node:url').pathToFileURL(__filename).href)
  loaded.set(name, module.exports)
}
function decompress(body) {
  const bytes = Buffer.from(body.slice(${COMPRESSED.length}), 'base64')
  return require('node:zlib').brotliDecompressSync(bytes).toString()
}
function compile(name) {
  const text = lazy[name].toString()
  const body = text.slice(text.indexOf('/*') + 2, -3)
  const code = body.startsWith('${COMPRESSED}') ? decompress(body) : body.replaceAll(${JSON.stringify(ESCAPED_END)}, '*/')
  const filename = __filename + name.slice(1)
  return require('node:vm').compileFunction(code, ['require', 'module', 'bundleUrl'], { filename })
}
`

/**
 * One CommonJS script of ES modules that import each other by their names, \`./…\`.
 *
 * @param {ReadonlyMap<string, { code: string, imports: readonly string[], dials: boolean }>} chunks by name;
 * \`imports\` are the names of those that have to be evaluated before it; \`dials\`: a connect may wait for it
 * @param {string} entry the name of the first
 */
export async function joinChunks(chunks, entry) {
  const first = reach(chunks, entry)
  const others = [...chunks].filter(([name]) => !first.has(name))
  const lazy = await Promise.all(others.map(([name, chunk]) => quote(name, chunk)))
  const { code: loader } = await transform(LOADER, SHARED)
  return `${loader}${await bundleFirst(chunks, first, entry)}const lazy={${lazy.join(',')}};`
}

/**
 * All that is evaluated when this chunk is.
 *
 * @param {Parameters<typeof joinChunks>[0]} chunks
 * @param {string} entry
 */
function reach(chunks, entry) {
  const reached = new Set([entry])
  for (const name of reached) {
    for (const other of chunks.get(name)?.imports ?? []) reached.add(other)
  }
  return reached
}

/**
 * A chunk as a method whose body is a comment.
 *
 * @param {string} name
 * @param {{ code: string, dials: boolean }} chunk
 */
async function quote(name, { code: source, dials }) {
  const { code } = await transform(source, { ...SHARED, sourcefile: name })
  if (code.includes(ESCAPED_END)) throw new Error(`${name} has a control character in it`)
  const body =
    code.length > LARGEST && !dials
      ? COMPRESSED + brotliCompressSync(code).toString('base64')
      : code.trim().replaceAll('*/', ESCAPED_END)
  return `${JSON.stringify(name)}(){/*${body}*/}`
}

/**
 * The chunks of the start as one piece of code.
 *
 * @param {Parameters<typeof joinChunks>[0]} chunks
 * @param {ReadonlySet<string>} first
 * @param {string} entry
 */
async function bundleFirst(chunks, first, entry) {
  const names = [...first].filter((name) => name !== entry)
  const registry = [
    ...names.map((name, i) => `import * as c${i} from ${JSON.stringify(name)}`),
    ...names.map((name, i) => `loaded.set(${JSON.stringify(name)}, c${i})`),
  ]
  /** @type {import('esbuild').Plugin} */
  const inMemory = {
    name: 'in-memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) => ({
        path,
        namespace: 'chunk',
        external: path !== REGISTRY && !first.has(path),
      }))
      onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({
        contents: path === REGISTRY ? registry.join('\n') : (chunks.get(path)?.code ?? ''),
      }))
    },
  }
  const { outputFiles } = await build({
    ...SHARED,
    stdin: { contents: `import '${REGISTRY}'; import ${JSON.stringify(entry)}`, resolveDir: '/' },
    bundle: true,
    write: false,
    plugins: [inMemory],
  })
  return outputFiles
    .map(({ text }) => text)
    .join('')
    .replaceAll(/\brequire\("/g, 'load("')
}
