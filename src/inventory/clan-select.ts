import type { Tell } from '../core/types.ts'
import { type EvaluatorContext, runEvaluator, shortenError } from './evaluator.ts'
import { isObject } from './schema.ts'

/**
 * A flake's exports as Clan's own tool selects them; null where there is no tool of that name, or
 * it fails: that is a word at `-v`, as Nix can be asked instead. Throws the signal's reason.
 */
export async function selectExports(
  installable: string,
  context: EvaluatorContext,
  tell: Tell,
): Promise<unknown> {
  const command = ['clan', 'select', '--flake', installable, 'clan.?exports']
  const ended = await runEvaluator(command, context)
  if (ended === null) return null
  const exports = ended.status === 0 ? parse(ended.output) : null
  if (exports !== null) return exports
  const why = ended.status === 0 ? 'what it wrote is no JSON object' : shortenError(ended.words)
  tell(1, `clan select: ${why}; asking nix instead`)
  return null
}

function parse(output: string): unknown {
  try {
    const value: unknown = JSON.parse(output)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
