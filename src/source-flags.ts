import { resolve } from 'node:path'
import { absoluteFlake } from './inventory/flake.ts'
import type { SourceFlags } from './inventory/locate.ts'

/** The flags that name sources, for another byway that is run from anywhere. */
export function sourceFlags({ inventory, flake, config }: SourceFlags): string[] {
  return [
    ...(inventory === undefined ? [] : ['--inventory', resolve(inventory)]),
    ...(flake === undefined ? [] : ['--flake', absoluteFlake(flake, '.')]),
    ...(config === undefined ? [] : ['--config', resolve(config)]),
  ]
}
