import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf } from '../children/environment.ts'
import { readOutput } from '../computer/programs.ts'
import { BywayError, EXIT_STATUS, messageOf } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import { assemble, importSsh } from '../importing.ts'
import type { Findings, LeftOut } from '../imports/findings.ts'
import { readTailnet } from '../imports/tailnet.ts'
import { parseJson } from '../inventory/json.ts'
import type { Command } from './command.ts'
import { complain, json } from './ui/output.ts'

/** Milliseconds that tailscaled may take to answer. */
const PATIENCE = 5000
/** What the command line calls `-`. */
const STDIN = '/dev/stdin'

/** `byway import`: an inventory made of what other programs know. */
export const importCommand: Command = {
  name: 'import',
  usage: '[file..]',
  describe: "print an inventory of ssh's hosts and the tailnet's computers",
  flags: {},
  examples: [
    ['import', '~/.ssh/config, and the tailnet where Tailscale runs'],
    ['import ~/.ssh/work.conf', 'another configuration of ssh'],
    ['import -', 'what "tailscale status --json" prints, from stdin'],
  ],
  run: async ({ words }, { print }) => {
    const sources = words.length === 0 ? await importUsual() : await importAll(words)
    const { inventory, leftOut } = assemble(sources)
    await complain(describe(leftOut))
    if (Object.keys(inventory.networks).length === 0) {
      throw new BywayError('DATAERR', 'found no machine to import')
    }
    await print(json(inventory))
    return EXIT_STATUS.OK
  },
}

async function importUsual(): Promise<Findings[]> {
  const config = join(homeOf(process.env), '.ssh/config')
  const tailnet = await readOutput(['tailscale', 'status', '--json'], AbortSignal.timeout(PATIENCE))
  if (!existsSync(config) && tailnet === null) {
    throw new BywayError('NOINPUT', `nothing to import: there is no ${config}, and no tailscale`, {
      hint: 'name a file: byway import <file>',
    })
  }
  return [
    ...(existsSync(config) ? [await importSsh(config)] : []),
    ...(tailnet === null ? [] : [importTailnet(tailnet, 'tailscale status --json')]),
  ]
}

async function importAll(files: readonly string[]): Promise<Findings[]> {
  const all: Findings[] = []
  for (const file of files) {
    const text = readText(file)
    if (text.trimStart().startsWith('{')) all.push(importTailnet(text, file))
    else if (file !== STDIN) all.push(await importSsh(file))
    else throw new BywayError('DATAERR', 'stdin: expected what "tailscale status --json" prints')
  }
  return all
}

function importTailnet(text: string, source: string): Findings {
  return readTailnet(parseJson(text, { source, exit: 'DATAERR' }), source)
}

function readText(file: string): string {
  try {
    return readFileSync(file === STDIN ? 0 : file, 'utf8')
  } catch (cause) {
    throw new BywayError('NOINPUT', `read "${file}": ${messageOf(cause)}`, { cause })
  }
}

/** A line for each reason, so that many machines of one kind are read at a glance. */
function describe(leftOut: readonly LeftOut[]): string {
  const reasons = new Set(leftOut.map(({ why }) => why))
  return [...reasons]
    .map((reason) => {
      const names = leftOut.filter(({ why }) => why === reason).map(({ name }) => name)
      return `byway: left out ${printable(names.join(', '))}: ${printable(reason)}\n`
    })
    .join('')
}
