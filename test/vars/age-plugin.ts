import { createInterface } from 'node:readline'

/**
 * A plugin for the real age (github.com/C2SP/C2SP, age-plugin.md, identity-v1) whose stanzas
 * `byway-test` hold the file key in clear: what a token would do, without a token.
 */
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function readLine(): Promise<string> {
  const { value, done } = await lines.next()
  return done === true ? '' : String(value)
}

interface Stanza {
  readonly args: readonly string[]
  readonly body: string
}

/** Bodies are in lines of 64 characters, the last of which is shorter. */
async function readStanza(): Promise<Stanza> {
  const args = (await readLine()).split(' ').slice(1)
  let body = ''
  for (let line = await readLine(); ; line = await readLine()) {
    body += line
    if (line.length < 64) return { args, body }
  }
}

const keys: { readonly file: string; readonly key: string }[] = []
for (let next = await readStanza(); next.args[0] !== 'done'; next = await readStanza()) {
  const [command, file = '', type] = next.args
  if (command === 'recipient-stanza' && type === 'byway-test') keys.push({ file, key: next.body })
}
for (const { file, key } of keys) {
  process.stdout.write(`-> file-key ${file}\n${key}\n`)
  await readStanza()
}
process.stdout.write('-> done\n\n')
process.exit(0)
