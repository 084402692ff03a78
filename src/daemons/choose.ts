import type { DaemonEntry } from '../core/types.ts'
import { missing, type Obstacle, obstaclesToNamespace } from './namespace-support.ts'
import type { Recipe } from './overlays/recipe.ts'

/** How a daemon is started, or why it cannot be. */
export type Choice = { readonly recipe: Recipe } | { readonly obstacles: readonly Obstacle[] }

/** Finds a program's path; null: there is none. */
type Find = (program: string) => string | null

/** The first recipe for which nothing is missing; else what the last one lacks, which needs most. */
export function chooseRecipe(recipes: readonly Recipe[], entry: DaemonEntry, find: Find): Choice {
  const { namespace } = entry
  const allowed = recipes.filter((one) => namespace === undefined || one.namespace === namespace)
  const looked = allowed.map((recipe) => ({ recipe, obstacles: obstaclesTo(recipe, entry, find) }))
  const free = looked.find(({ obstacles }) => obstacles.length === 0)
  if (free !== undefined) return { recipe: free.recipe }
  return { obstacles: looked.at(-1)?.obstacles ?? [noneLeft(entry)] }
}

function obstaclesTo({ wants, needs, namespace }: Recipe, entry: DaemonEntry, find: Find) {
  return [
    ...wants.filter((keys) => keys.every((key) => entry[key] === undefined)).map(unset),
    ...needs.filter(({ program }) => find(program) === null).map(missing),
    ...(namespace ? obstaclesToNamespace(find) : []),
  ]
}

function unset(keys: readonly string[]): Obstacle {
  const names = keys.map((key) => `daemon.${key}`).join(' or ')
  return { text: `${names} is not set`, mend: `set networks.<name>.${names}` }
}

function noneLeft({ namespace }: DaemonEntry): Obstacle {
  const text = `nothing can be started with daemon.namespace ${namespace}`
  return { text, mend: 'leave networks.<name>.daemon.namespace out' }
}
