/** Which part of machines by networks is seen, as the person has chosen. */
export interface LiveView {
  /** the first machine that is seen, among those that match */
  readonly top: number
  /** the first network that is seen */
  readonly left: number
  /** what is in the names of the machines that are seen */
  readonly filter: string
  /** the filter is being typed */
  readonly typing: boolean
}

/** A key as `node:readline` tells of it. */
export interface Key {
  readonly name?: string | undefined
  readonly sequence?: string | undefined
  readonly ctrl?: boolean | undefined
}

/** How much there is to see. */
export interface Extent {
  /** machines that match, and those that fit */
  readonly machines: number
  readonly page: number
  readonly networks: number
}

/** Where it begins. */
export const FIRST_VIEW: LiveView = { top: 0, left: 0, filter: '', typing: false }

/** The view after a key; or what the key asks for besides. */
export function press(
  view: LiveView,
  key: Key,
  extent: Extent,
): LiveView | 'quit' | 'interrupt' | 'suspend' {
  if (key.ctrl === true) {
    if (key.name === 'c') return 'interrupt'
    if (key.name === 'z') return 'suspend'
  }
  if (view.typing) return typeFilter(view, key)
  if (key.sequence === 'q') return 'quit'
  if (key.sequence === '/') return { ...view, typing: true }
  if (key.name === 'escape') return { ...view, filter: '', top: 0 }
  return scroll(view, key, extent)
}

function typeFilter(view: LiveView, { name, sequence = '', ctrl }: Key): LiveView {
  const { filter } = view
  if (name === 'return' || name === 'enter') return { ...view, typing: false }
  if (name === 'escape') return { ...view, typing: false, filter: '', top: 0 }
  if (name === 'backspace') return { ...view, filter: [...filter].slice(0, -1).join(''), top: 0 }
  if (ctrl === true && name === 'u') return { ...view, filter: '', top: 0 }
  const typed = /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(sequence) ? sequence : ''
  return { ...view, filter: filter + typed, top: 0 }
}

/** Lines or pages that a key goes down; the names are those of keys, or what they type. */
const STEPS: Readonly<Record<string, (page: number) => number>> = {
  up: () => -1,
  k: () => -1,
  down: () => 1,
  j: () => 1,
  pageup: (page) => -page,
  b: (page) => -page,
  pagedown: (page) => page,
  space: (page) => page,
  home: () => Number.NEGATIVE_INFINITY,
  g: () => Number.NEGATIVE_INFINITY,
  end: () => Number.POSITIVE_INFINITY,
  G: () => Number.POSITIVE_INFINITY,
}
const SIDEWAYS: Readonly<Record<string, number>> = { left: -1, h: -1, right: 1, l: 1 }

function scroll(view: LiveView, { name = '', sequence = '' }: Key, extent: Extent): LiveView {
  const down = (STEPS[sequence] ?? STEPS[name])?.(Math.max(1, extent.page)) ?? 0
  const right = SIDEWAYS[name] ?? 0
  const last = Math.max(0, extent.machines - extent.page)
  return {
    ...view,
    top: between(0, view.top + down, last),
    left: between(0, view.left + right, Math.max(0, extent.networks - 1)),
  }
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
