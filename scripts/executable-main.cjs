/**
 * The main of every executable: runs the program that is beside it in the executable, with the functions that
 * a connect needs compiled already (scripts/code-cache.mjs). V8 takes that code only if it is its own; else, and
 * where there is none, it compiles as always.
 */
'use strict'
const { getRawAsset } = require('node:sea')
const { Script } = require('node:vm')

const program = Buffer.from(getRawAsset('program')).toString('latin1')
const cache = Buffer.from(getRawAsset('code-cache'))
const script = new Script(program, {
  filename: __filename,
  cachedData: cache.length === 0 ? undefined : cache,
})
script.runInThisContext()(exports, require, module, __filename, __dirname)
