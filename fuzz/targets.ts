import type { Target } from './target.ts'
import { INVENTORY_TARGETS } from './targets/inventory.ts'
import { VAR_TARGETS } from './targets/vars.ts'
import { WIRE_TARGETS } from './targets/wire.ts'
import { WORD_TARGETS } from './targets/words.ts'

/** Everything that is fuzzed. */
export const TARGETS: readonly Target[] = [
  ...INVENTORY_TARGETS,
  ...VAR_TARGETS,
  ...WORD_TARGETS,
  ...WIRE_TARGETS,
]
