import * as assert from 'uvu/assert'
import type { Home } from './byway.ts'
import { Terminal } from './terminal.ts'

/** How `status --watch` is opened on a terminal. */
export interface WatchOpening {
  readonly columns: number
  readonly env?: Readonly<Record<string, string>>
  readonly command?: string
  readonly words?: string
}

/** A terminal on which it runs. */
export async function openWatch(
  home: Home,
  { columns, env = {}, command = 'byway', words = '' }: WatchOpening,
): Promise<Terminal> {
  const all = { ...home.env, TERM: 'xterm-256color', ...env }
  const terminal = await Terminal.open({ columns, env: all, cwd: home.folder })
  await terminal.type(`${command} status --watch ${words}`)
  return terminal
}

/** Fails unless it is the shell's own screen, with its cursor, and nothing of the other one. */
export async function isAsBefore(terminal: Terminal): Promise<void> {
  await terminal.shows(/status --watch[\s\S]*^\$ ?$/m)
  assert.is(await terminal.ask('#{alternate_on} #{cursor_flag} #{wrap_flag}'), '0 1 1')
  assert.not.match(await terminal.screen(), /q quit/)
}
