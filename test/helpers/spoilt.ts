import { Random } from './random.ts'

const random = new Random('spoilt answers')

/** An answer with a fault in it, and what becomes of the connection then. */
export interface Spoilt {
  readonly says: Buffer
  readonly ends: 'close' | 'reset' | 'stay'
}

/** What is done to an answer: cut there, reset there, garbage put in there, or silence from there. */
type Spoil = (says: string, at: number) => Spoilt

/** By what it is called. */
export const SPOILS: Readonly<Record<string, Spoil>> = {
  closed: (says, at) => ({ says: Buffer.from(says.slice(0, at)), ends: 'close' }),
  reset: (says, at) => ({ says: Buffer.from(says.slice(0, at)), ends: 'reset' }),
  'garbage in it': (says, at) => ({
    says: Buffer.concat([
      Buffer.from(says.slice(0, at)),
      random.bytes(30),
      Buffer.from(says.slice(at)),
    ]),
    ends: 'close',
  }),
  'silent from there on': (says, at) => ({ says: Buffer.from(says.slice(0, at)), ends: 'stay' }),
}
