import { setFlagsFromString } from 'node:v8'

/**
 * From now on V8 optimises no further than it has: its last compiler takes more memory than all else that a
 * relay needs, and makes a relay, which waits for the kernel, no faster.
 */
export function stayLean(): void {
  setFlagsFromString('--no-opt')
}
