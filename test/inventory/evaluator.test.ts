import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { shortenError } from '../../src/inventory/evaluator.ts'

const evaluator = suite('inventory/evaluator')

for (const [name, words, expected] of [
  [
    'the old form, its place after the message',
    "warning: Git tree is dirty\nerror: attribute 'x' missing\n\n       at /nix/store/x:1:1:\n\n            1| x\n",
    "attribute 'x' missing",
  ],
  [
    'the new form, its message last',
    "error:\n       … while evaluating the attribute 'x'\n         at «string»:1:1:\n\n       error: kaputt\n",
    'kaputt',
  ],
  ['several, each once', 'error: a\nerror: b\nerror: a\n', 'a; b'],
  ['none', 'Segmentation fault\n', 'Segmentation fault'],
  ['nothing', '', 'it does not say why'],
  [
    'a password in a URL',
    "error: unable to download 'https://me:secret@example.net/x'",
    "unable to download 'https://[secret]@example.net/x'",
  ],
  ['a long one', `error: ${'x'.repeat(2000)}`, `${'x'.repeat(600)}…`],
] as const) {
  evaluator(`what Nix says is shortened: ${name}`, () => assert.is(shortenError(words), expected))
}

evaluator.run()
