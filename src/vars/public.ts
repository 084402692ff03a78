import type { VarBackend } from './backend.ts'
import { placementsOf, readConfined } from './paths.ts'

/** Vars that are no secret: files `value` below the clan's `vars/`. */
export const publicBackend: VarBackend = {
  name: 'public',
  async read(clan, ref) {
    for (const placement of placementsOf(ref)) {
      const file = await readConfined(clan, ['vars', ...placement, 'value'])
      if (file !== null) return file.bytes
    }
    return null
  },
}
