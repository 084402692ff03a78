import { requireSeconds } from '../arguments.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import type { Machine } from '../core/types.ts'
import { replaceFile } from '../replaced-file.ts'
import { Survey } from '../survey.ts'
import type { Voice, World } from '../wiring.ts'
import { type Command, type Context, type Given, JSON_FLAG } from './command.ts'
import { json } from './ui/output.ts'
import { makeStatusPage } from './ui/status-page.ts'
import { showStatus } from './ui/status-table.ts'
import { makeVoice } from './ui/voice.ts'

/** `byway status`: machines by networks, who answers, how fast, and which network would win. */
export const statusCommand: Command = {
  name: 'status',
  usage: '[machines..]',
  describe: 'machines by networks: who answers, how fast, which one would win',
  flags: {
    watch: { type: 'boolean', describe: 'keep it live: a screen of its own, q ends it' },
    html: { type: 'string', value: 'file', describe: 'write it as one self-contained page' },
    timeout: { type: 'string', value: 'seconds', describe: 'seconds for each route' },
    ...JSON_FLAG,
  },
  examples: [
    ['status', 'all machines'],
    ['status --watch web01 db01', 'two of them, live'],
    ['status --html status.html', 'a page for a browser'],
  ],
  run: async ({ words, flags, global }, context) => {
    checkForms(flags)
    const { timeout } = flags
    const limit = typeof timeout === 'string' ? requireSeconds(timeout) : undefined
    const voice = makeVoice(global.verbosity)
    const open = async (by: Voice) => {
      const world = await context.world(by)
      return new Survey(world, { machines: await find(words, world), limit })
    }
    if (flags['watch'] === true) {
      const { watchStatus } = await import('./watch.ts')
      return watchStatus({ open, voice, style: context.style })
    }
    const survey = await open(voice)
    await survey.look(new AbortController().signal)
    return show(survey, flags, context)
  },
}

async function show(survey: Survey, flags: Given['flags'], context: Context): Promise<number> {
  const { html } = flags
  if (typeof html === 'string') {
    replaceFile(html, makeStatusPage(survey.document))
    return EXIT_STATUS.OK
  }
  const { document } = survey
  await context.print(flags['json'] === true ? json(document) : showStatus(document, context.style))
  return EXIT_STATUS.OK
}

/** One form at a time. Throws USAGE. */
function checkForms(flags: Given['flags']): void {
  const { html } = flags
  if (html !== undefined && (typeof html !== 'string' || html === '')) {
    throw new BywayError('USAGE', '--html: expected one file')
  }
  const forms = ['watch', 'html', 'json'].filter(
    (name) => flags[name] !== undefined && flags[name] !== false,
  )
  if (forms.length < 2) return
  throw new BywayError('USAGE', `--${forms.join(' and --')} exclude each other`)
}

/** All machines where none is named. */
async function find(names: readonly string[], world: World): Promise<Machine[]> {
  if (names.length === 0) return [...world.inventory.machines()]
  const machines = new Map<string, Machine>()
  for (const name of names) {
    const machine = await world.findMachine(name)
    machines.set(machine.name, machine)
  }
  return [...machines.values()]
}
