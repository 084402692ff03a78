import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { adopt, watch } from './with-us.ts'

/**
 * Starts a program that ends, with all that it started, when byway does: by itself, or by a signal,
 * which then ends byway as it ends any program (128 + n for the shell). No signal can come between.
 */
export function spawnWithUs(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  watch()
  const child = spawn(program, args, options)
  adopt(child)
  return child
}
