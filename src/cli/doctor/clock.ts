import { statSync } from 'node:fs'
import { readOutput } from '../../computer/programs.ts'
import { BUILT_AT } from '../version.ts'
import { type Check, type Finding, good, warning } from './check.ts'

const MEND = 'sudo timedatectl set-ntp true'
/** Milliseconds that files of another computer's clock may be ahead. */
const TOLERANCE = 120_000

/** A time that has certainly passed, and what shows that. */
interface Witness {
  /** milliseconds since 1970 */
  readonly at: number
  readonly what: string
}

/**
 * Is the clock plausible? Tor, WireGuard and certificates need it right. No network is asked: it is
 * late when it is before something that has happened, and systemd says whether it is kept.
 */
export const clock: Check = {
  name: 'clock',
  run: async ({ world, signal }) => {
    const stamps = world?.inventory.header.stamps ?? []
    const files = stamps.map(({ path }) => ({ at: changedAt(path), what: `${path} was written` }))
    const built = { at: BUILT_AT * 1000, what: 'this byway was made' }
    const words = ['timedatectl', 'show', '--property=NTPSynchronized', '--value'] as const
    const kept = await readOutput(words, AbortSignal.any([signal, AbortSignal.timeout(2000)]))
    return judge(Date.now(), [built, ...files], kept?.trim() ?? null)
  },
}

/** `kept`: what systemd says of the clock, `yes` or `no`; null: nothing. */
export function judge(now: number, witnesses: readonly Witness[], kept: string | null): Finding[] {
  const late = witnesses.find(({ at }) => at > now + TOLERANCE)
  const time = new Date(now).toISOString().slice(0, 16)
  if (late !== undefined) return [warning(`it says ${time}, which is before ${late.what}`, MEND)]
  if (kept === 'no') return [warning(`it says ${time}, and nothing keeps it right`, MEND)]
  return [good(`it says ${time}${kept === 'yes' ? ', and is kept right' : ''}`)]
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
