import { BywayError } from '../core/errors.ts'
import type { Means } from '../core/means.ts'
import type { Secret } from '../core/secret.ts'
import type { Attempt, Network, Route, Technology } from '../core/types.ts'

/**
 * Any program whose stdin and stdout are the stream: `cloudflared access ssh`, `kubectl exec`,
 * `aws ssm …`. The words `{host}`, `{port}`, `{machine}` and `{user}` stand for the route's.
 */
export function makeCommand(means: Means): Technology {
  return {
    name: 'command',
    state: async (network) => stateOfProgram(commandOf(network)[0] ?? '', means),
    dial: (route, attempt) => {
      if (attempt.untouched) return means.relayed(route, attempt)
      return dial(route, attempt, means)
    },
  }
}

/** Whether a program is there: a technology that needs nothing else runs then. */
export function stateOfProgram(program: string, { computer }: Means) {
  const found = computer.findProgram(program)
  if (found === null) {
    return { state: 'absent', detail: `there is no program "${program}" in PATH` } as const
  }
  return { state: 'running', detail: `program "${found}"` } as const
}

async function dial(route: Route, attempt: Attempt, means: Means) {
  const words = commandOf(route.network)
  const host = await means.reveal(route.host.at, route.clan, attempt)
  return means.command(fill(words, route, host), attempt)
}

/** Each word is filled by itself and stays one argument; a value cannot become an option. */
function fill(words: readonly string[], route: Route, host: Secret): string[] {
  const values: Readonly<Record<string, string>> = {
    host: host.reveal(),
    port: String(route.port),
    machine: route.machine,
    user: route.host.user ?? '',
  }
  return words.map((word) => {
    const filled = word.replace(
      /\{(host|port|machine|user)\}/g,
      (_, key: string) => values[key] ?? '',
    )
    if (word.startsWith('{') && filled.startsWith('-')) throw hostile(route)
    return filled
  })
}

function commandOf({ name, settings }: Network): readonly string[] {
  if (settings.command !== undefined) return settings.command
  throw new BywayError('CONFIG', `network "${name}": no "command" says which program to run`, {
    hint: `set networks.${name}.command to a list: the program, then its arguments`,
  })
}

function hostile({ machine, network }: Route): BywayError {
  const text = `machine "${machine}": its host in network "${network.name}" begins with a dash`
  return new BywayError('DATAERR', text)
}
