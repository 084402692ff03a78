import { userInfo } from 'node:os'
import { BywayError } from '../core/errors.ts'
import type { Means, Program } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import { Secret } from '../core/secret.ts'
import type { Network, NetworkState, Route, Technology } from '../core/types.ts'

const PLACEHOLDER = /\{(host|port|machine|user)\}/g

/**
 * Any program whose stdin and stdout are the stream: `cloudflared access ssh`, `kubectl exec`,
 * `aws ssm …`. The words `{host}`, `{port}`, `{machine}` and `{user}` stand for the route's.
 */
export function makeCommand(means: Means): Technology {
  return {
    name: 'command',
    state: async (network) => stateOf(network, means),
    dial: async (route, attempt) => {
      const words = commandOf(route.network)
      requireProgram(words[0] ?? '', means)
      if (attempt.untouched) return means.relayed(route, attempt)
      const host = await revealHost(route, means, attempt)
      return means.command(fill(words, route, host), attempt)
    },
  }
}

/** Whether a program is there: a technology that needs nothing else runs then. */
export function stateOfProgram(program: string, { computer }: Means): NetworkState {
  const found = computer.findProgram(program)
  if (found !== null) return { state: 'running', detail: `program "${found}"` }
  const where = program.includes('/') ? '' : ' in PATH'
  return { state: 'absent', detail: `there is no program "${program}"${where}` }
}

/** Throws UNAVAILABLE when the program is not there: before a secret is read for it. */
export function requireProgram(program: string, means: Means, hint?: string): void {
  const { state, detail } = stateOfProgram(program, means)
  if (state === 'absent') throw new BywayError('UNAVAILABLE', detail, { hint })
}

function stateOf({ name, settings: { command } }: Network, means: Means): NetworkState {
  if (command !== undefined) return stateOfProgram(command[0] ?? '', means)
  return { state: 'absent', detail: noCommand(name).message }
}

/** Each word is filled by itself and stays one argument; a value cannot become an option. */
function fill([program = '', ...args]: readonly string[], route: Route, at: Secret): Program {
  const host = at.reveal().trim()
  const values: Readonly<Record<string, string>> = {
    host,
    port: String(route.port),
    machine: route.machine,
    user: route.user ?? ownName(),
  }
  const words = args.map((word) => {
    const filled = word.replace(PLACEHOLDER, (_, key: string) => values[key] ?? '')
    if (filled.startsWith('-') && !word.startsWith('-')) throw hostile(route)
    return filled
  })
  const known = 'plain' in route.host.at
  return { words: [program, ...words], secrets: known ? [] : [new Secret(host)] }
}

/** Empty for a user whom the system does not know. */
function ownName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

function commandOf({ name, settings }: Network): readonly string[] {
  if (settings.command !== undefined) return settings.command
  throw noCommand(name)
}

function noCommand(network: string): BywayError {
  return new BywayError('CONFIG', `network "${network}": no "command" says which program to run`, {
    hint: `set networks.${network}.command to a list: the program, then its arguments`,
  })
}

function hostile({ machine, network }: Route): BywayError {
  const text = `machine "${machine}": its host in network "${network.name}" begins with a dash`
  return new BywayError('DATAERR', text)
}
