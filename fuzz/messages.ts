/** What a worker is started with. */
export interface Order {
  readonly target: string
  readonly seed: number
  readonly seconds: number
  /** a 32-bit count of inputs that were begun, the length of the last one, and then its bytes */
  readonly current: SharedArrayBuffer
}

/** Bytes before the input in `Order.current`. */
export const PREFIX = 8

/** What a worker tells. */
export type News =
  | { readonly kind: 'finding'; readonly input: Uint8Array; readonly error: string }
  | {
      readonly kind: 'done'
      readonly runs: number
      readonly features: number
      readonly corpus: number
    }
