import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { makeFolder } from './cleanup.ts'

const PROGRAM = '/usr/bin/chromium'

/** Milliseconds in which Chromium has done what it is told, where Playwright gives it 30 s. */
export const PATIENCE = 120_000

/** So that it asks nobody for anything but what a page asks for. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts a real Chromium without a window, with nothing of this computer's user in it. */
export function openBrowser(): Promise<Browser> {
  if (!existsSync(PROGRAM)) throw new Error(`no ${PROGRAM}: install chromium`)
  const home = makeFolder()
  return chromium.launch({
    executablePath: PROGRAM,
    args: QUIET,
    timeout: PATIENCE,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, XDG_CONFIG_HOME: home, TMPDIR: home },
  })
}
