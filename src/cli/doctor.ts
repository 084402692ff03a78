import { messageOf } from '../core/errors.ts'
import type { World } from '../wiring.ts'
import { makeWorld } from '../wiring.ts'
import { type Command, type Given, JSON_FLAG } from './command.ts'
import { type Check, type Finding, type Patient, warning } from './doctor/check.ts'
import { clock } from './doctor/clock.ts'
import { inventory } from './doctor/inventory.ts'
import { permissions } from './doctor/permissions.ts'
import { routes } from './doctor/routes.ts'
import { sshConfiguration } from './doctor/ssh-configuration.ts'
import { sshProgram } from './doctor/ssh-program.ts'
import { findSelf } from './self.ts'
import { json } from './ui/output.ts'
import type { Style } from './ui/style.ts'
import { table } from './ui/table.ts'
import { makeVoice } from './ui/voice.ts'

/** What is looked at, in the order in which it is told. One file in `doctor/` each. */
const CHECKS: readonly Check[] = [
  sshProgram,
  sshConfiguration,
  inventory,
  routes,
  permissions,
  clock,
]

/** Seconds that a check may take, and the first evaluation of a flake. */
const PATIENCE = 10
/** What it ends with when something would stop a login (see README "Exit status"). */
const ILL = 1

/** A finding, and the check that it is of. */
interface Told extends Finding {
  readonly check: string
}

/** `byway doctor`: what is wrong on this computer, and what mends it. */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: '',
  describe: 'what is wrong on this computer, and how to mend it',
  flags: JSON_FLAG,
  examples: [
    ['doctor', 'a line for each thing looked at; 1: a login would fail'],
    ['doctor --json', 'the same for programs'],
  ],
  run: async ({ flags, global }, { print, style }) => {
    const patient = await admit(global)
    const told = await Promise.all(CHECKS.map((check) => examine(check, patient)))
    const findings = told.flat()
    const healthy = findings.every(({ level }) => level !== 'failure')
    await print(flags['json'] === true ? json({ healthy, findings }) : show(findings, style))
    return healthy ? 0 : ILL
  },
}

/** Whatever is wrong with the inventory is a finding, too. */
async function admit(flags: Given['global']): Promise<Omit<Patient, 'signal'>> {
  const known = { env: process.env, flags, self: findSelf(process.env) }
  try {
    const world: World = await makeWorld(flags, makeVoice(flags.verbosity), { timeout: PATIENCE })
    return { ...known, world, fault: undefined }
  } catch (fault) {
    return { ...known, world: null, fault }
  }
}

async function examine(check: Check, patient: Omit<Patient, 'signal'>): Promise<Told[]> {
  const signal = AbortSignal.timeout(PATIENCE * 1000)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer in ${PATIENCE} s`)))
  })
  try {
    const found = await Promise.race([check.run({ ...patient, signal }), late])
    return found.map((finding) => ({ check: check.name, ...finding }))
  } catch (error) {
    return [
      { check: check.name, ...warning(`not examined: ${messageOf(error)}`, 'byway doctor -vv') },
    ]
  }
}

function show(findings: readonly Told[], style: Style): string {
  const marks = { good: 'ok', warning: 'warning', failure: 'failure' }
  const rows = findings.flatMap(({ check, level, text, mend }) => [
    [marks[level], check, text],
    ...(mend === null ? [] : [['', '', `mend: ${mend}`]]),
  ])
  const count = (level: Finding['level']) => findings.filter((one) => one.level === level).length
  const [failures, warnings] = [count('failure'), count('warning')]
  const sum = failures === 0 ? 'nothing here stops a login' : `${failures} would stop a login`
  return `${table(['State', 'Of', 'Found'], rows, style)}${sum}; warnings: ${warnings}\n`
}
