/**
 * A value that must not be printed: it shows as `[secret]` wherever a string, JSON or an
 * inspection is made of it. Only `reveal()` gives it, and only a dial calls that.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. To be used in the call that needs it, never stored or put in a message. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
