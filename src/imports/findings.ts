/** A network as an inventory in byway's own form has it, without its peers. */
export interface FoundNetwork {
  readonly name: string
  readonly technology?: string
  readonly socks?: string
  readonly http?: string
  readonly jump?: string
}

/** A machine that another program knows, and how that one reaches it. */
export interface Found {
  readonly machine: string
  readonly network: FoundNetwork
  readonly peer: {
    readonly host?: string
    readonly hosts?: readonly string[]
    readonly port?: number
    readonly user?: string
  }
}

/** Something that does not become part of the inventory. */
export interface LeftOut {
  /** a machine, a pattern, an option; holds no secret */
  readonly name: string
  readonly why: string
}

/** What one source has. */
export interface Findings {
  readonly found: readonly Found[]
  readonly leftOut: readonly LeftOut[]
}

/** The network of hosts that are dialled as they are. */
export const INTERNET: FoundNetwork = { name: 'internet' }

/** A word as part of a network's name. */
export function toName(text: string): string {
  const name = text.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[-.]+|-+$/g, '')
  return name === '' ? 'other' : name
}
