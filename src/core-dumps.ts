import { writeFileSync } from 'node:fs'

/**
 * Keeps this process's memory, in which secrets are, out of a core dump: none of its mappings is
 * written (core(5), coredump_filter), which holds for the programs that it starts, too. Where
 * there is no such file (macOS) nothing is done. Never throws.
 */
export function leaveMemoryOut(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // no /proc, or one that is read-only
  }
}
