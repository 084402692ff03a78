import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const pending = new Set<() => void>()

process.on('exit', releaseAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]))
}

/**
 * Has `release` called when this process ends, also by an exception or a signal that can be
 * caught. The function that it returns calls it now, once, and not again at the end.
 */
export function atExit(release: () => void): () => void {
  pending.add(release)
  return () => {
    if (pending.delete(release)) release()
  }
}

/** A new folder below the system's temporary one, absolute; gone when this process ends. */
export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'byway-test-')))
  atExit(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The last made goes first: it may need what was there before it. */
function releaseAll(): void {
  for (const release of [...pending].reverse()) {
    try {
      release()
    } catch (error) {
      process.stderr.write(`cleaning up: ${String(error)}\n`)
    }
  }
  pending.clear()
}
