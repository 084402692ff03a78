import type { Entry } from './world.ts'

/** The way without any overlay. */
export const INTERNET: Entry = {
  name: 'internet',
  settings: { technology: 'direct' },
  address: ({ plain }) => plain,
}

/** Through the other machine, which itself is reached by the best of its networks. */
export const JUMP: Entry = {
  name: 'jump',
  settings: { jump: 'web02' },
  machines: ['web01'],
  address: ({ under }) => under,
}

/** A program of the user's choice. */
export const COMMAND: Entry = {
  name: 'command',
  settings: { command: ['nc', '{host}', '{port}'] },
  address: ({ under }) => under,
}
