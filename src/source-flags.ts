import { resolve } from 'node:path'
import type { SourceFlags } from './inventory/locate.ts'

/** The flags that name sources, for another byway that is run from anywhere. */
export function sourceFlags({ inventory, flake, config }: SourceFlags): string[] {
  return [
    ...(inventory === undefined ? [] : ['--inventory', resolve(inventory)]),
    ...(flake === undefined ? [] : ['--flake', isReference(flake) ? flake : resolve(flake)]),
    ...(config === undefined ? [] : ['--config', resolve(config)]),
  ]
}

/** A flake reference with a scheme (`github:…`, `git+file:…`), not a folder. */
function isReference(flake: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(flake)
}
