/**
 * A value that must not be printed: it shows as `[secret]` wherever a string, JSON or an
 * inspection is made of it. Only `reveal()` gives it, and only a dial calls that.
 */
export class Secret {
  readonly #value: string
  /** it came from where everybody may read: messages may name it */
  readonly isPublic: boolean

  constructor(value: string, isPublic = false) {
    this.#value = value
    this.isPublic = isPublic
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
