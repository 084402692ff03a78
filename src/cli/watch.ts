import { setTimeout as delay } from 'node:timers/promises'
import { EXIT_STATUS } from '../core/errors.ts'
import { bestIn } from '../core/status.ts'
import type { Survey } from '../survey.ts'
import type { Voice } from '../wiring.ts'
import { FollowedSurvey } from './followed-survey.ts'
import { CoveredVoice } from './ui/covered-voice.ts'
import { drawFrame, extentOf, type Scene } from './ui/live-frame.ts'
import { LiveScreen } from './ui/live-screen.ts'
import { FIRST_VIEW, type Key, press } from './ui/live-view.ts'
import { print } from './ui/output.ts'
import { describeError } from './ui/problem.ts'
import { SPARKLINE_WIDTH } from './ui/sparkline.ts'
import { showStatus } from './ui/status-table.ts'
import { isDumb, type Style } from './ui/style.ts'

/** Milliseconds between two rounds. */
const PAUSE = 5000
/** Milliseconds between two frames, unless a key is pressed. */
const FRAME = 100

/** What is watched, and how. */
interface Watch {
  /** Makes a survey of what the inventory's sources say now; `voice`: how it speaks meanwhile. */
  open(voice: Voice): Promise<Survey>
  readonly voice: Voice
  readonly style: Style
}

/**
 * Looks at all again and again: in place on a terminal, until q; one table after the other where
 * nothing can be written in place. `open` is called again when a source has changed; what it throws
 * then is shown, and thrown only the first time.
 */
export async function watchStatus({ open, voice, style }: Watch): Promise<number> {
  const covered = new CoveredVoice(voice)
  const openAnew = () => open(covered)
  const followed = new FollowedSurvey(await openAnew(), openAnew)
  const inPlace = process.stdout.isTTY === true && !isDumb(process.env)
  if (inPlace) await new LiveStatus(followed, covered, style).run()
  else await repeat(followed, style)
  return EXIT_STATUS.OK
}

/** Until nobody reads it any more. */
async function repeat(followed: FollowedSurvey, style: Style): Promise<void> {
  const gone = new AbortController()
  process.stdout.once('error', () => gone.abort())
  for (let gap = ''; !gone.signal.aborted; gap = '\n') {
    if (gap !== '') await delay(PAUSE)
    const { signal } = new AbortController()
    await followed.catchUp(signal)
    const { survey, trouble } = followed
    await survey.look(signal)
    const { time } = survey.document
    const why = trouble === null ? '' : `\n${describeError(trouble)}`
    await print(`${gap}${time}: ${showStatus(survey.document, style)}${why}`)
  }
}

class LiveStatus {
  readonly #followed: FollowedSurvey
  readonly #voice: CoveredVoice
  readonly #style: Style
  readonly #screen: LiveScreen
  readonly #ended = new AbortController()
  readonly #history = new Map<string, (number | null)[]>()
  #view = FIRST_VIEW
  #looking = false
  /** what takes long now */
  #progress: string | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(followed: FollowedSurvey, voice: CoveredVoice, style: Style) {
    this.#followed = followed
    this.#voice = voice
    this.#style = style
    const seat = { output: process.stdout, input: process.stdin }
    this.#screen = new LiveScreen(seat, {
      key: (key) => this.#press(key),
      redraw: () => this.#draw(),
      gone: () => this.#ended.abort(),
    })
  }

  /** Resolves when the person has enough of it. */
  async run(): Promise<void> {
    const { signal } = this.#ended
    this.#voice.cover((text) => this.#show(text))
    this.#screen.open()
    try {
      this.#draw()
      while (!signal.aborted) {
        await this.#look(signal)
        await delay(PAUSE, undefined, { signal })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#screen.close()
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    await this.#followed.catchUp(signal)
    this.#looking = true
    await this.#survey.look(signal, () => this.#drawSoon())
    this.#looking = false
    this.#remember()
    this.#draw()
  }

  /** Adds what this round has found to the history. */
  #remember(): void {
    const { machines } = this.#survey.document
    for (const status of machines) {
      for (const network of new Set(status.routes.map((route) => route.network))) {
        const found = bestIn(status, network)
        if (found?.state !== 'up' && found?.state !== 'down') continue
        const key = keyOf(status.machine, network)
        const history = this.#history.get(key) ?? []
        history.push(found.state === 'up' ? found.ms : null)
        this.#history.set(key, history.slice(-SPARKLINE_WIDTH))
      }
    }
  }

  #press(key: Key): void {
    const next = press(this.#view, key, extentOf(this.#scene, this.#screen.size))
    if (next === 'quit') this.#ended.abort()
    else if (next === 'interrupt') process.kill(process.pid, 'SIGINT')
    else if (next === 'suspend') this.#screen.suspend()
    else {
      this.#view = next
      this.#draw()
    }
  }

  #show(progress: string | null): void {
    this.#progress = progress
    this.#drawSoon()
  }

  #drawSoon(): void {
    this.#timer ??= setTimeout(() => this.#draw(), FRAME)
  }

  #draw(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const { size } = this.#screen
    this.#screen.draw(drawFrame(this.#scene, size, this.#style))
  }

  get #survey(): Survey {
    return this.#followed.survey
  }

  get #scene(): Scene {
    const { trouble } = this.#followed
    return {
      status: this.#survey.document,
      view: this.#view,
      history: (machine, network) => this.#history.get(keyOf(machine, network)) ?? [],
      activity: this.#activity,
      words: this.#progress ?? trouble?.message ?? null,
    }
  }

  get #activity(): string {
    const { done, all } = this.#survey.progress
    if (this.#looking) return `looking: ${done} of ${all}`
    return new Date(this.#survey.document.time).toLocaleTimeString('sv')
  }
}

function keyOf(machine: string, network: string): string {
  return `${machine} ${network}`
}
