import { BywayError } from '../core/errors.ts'
import type { DaemonEntry, Machine, Membership, Network, Peer, Source } from '../core/types.ts'
import { checksum, RECORD_PREFIX, Records } from './records.ts'
import type { Stamp } from './stamp.ts'

/** Changes whenever the layout or the meaning of a field does; other versions are not read. */
const MAGIC = 'byway inventory 7\n'
/** magic, then 32-bit numbers: header's bytes, index's slots, all bytes, checksums of both */
const PREFIX = MAGIC.length + 20
/** Slots of the index that one read takes in. */
const SLOTS_PER_READ = 16
/** Bytes that one read of a record takes in; a longer record is read again. */
const RECORD_READ = 4096

/** What a compiled inventory says of all machines together. */
export interface CompiledHeader {
  /** the files that it was compiled from, as they were then */
  readonly stamps: readonly Stamp[]
  /** where the machines come from; the networks name them by index */
  readonly sources: readonly Source[]
  /** seconds `timeout`; milliseconds `stagger` and `grace` */
  readonly settings: { readonly timeout: number; readonly stagger: number; readonly grace: number }
  readonly networks: readonly Network[]
  readonly daemons: Readonly<Record<string, DaemonEntry>>
  /** the machine that this computer is, as the configuration names it; null: it does not */
  readonly self: string | null
  /** what was left out of the sources and why: one line each, without secrets */
  readonly warnings: readonly string[]
}

/** A machine's memberships, by index into the header's networks; all are of one source. */
export type Memberships = readonly (readonly [network: number, peer: Peer])[]

/** What stands for a name that several sources have a machine of. */
export interface Rivals {
  /** the sources, by name */
  readonly sources: readonly string[]
  /** the names by which the machines can be asked for */
  readonly names: readonly string[]
}

/** Bytes that can be read at any offset: an open file, or a buffer. */
export interface RandomAccess {
  /** At most `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Buffer
  readonly size: number
}

/** Bytes that are all here. */
export function inMemory(bytes: Buffer): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }
}

/**
 * Layout: prefix, header (JSON), index (`slots` numbers of 32 bits: a record's offset, or 0), then
 * the records (32-bit length and checksum, JSON). The index is a hash table with linear probing, so that a
 * machine is found by two small reads, however many there are. Numbers are little-endian.
 */
export function encodeInventory(
  header: CompiledHeader,
  machines: ReadonlyMap<string, Memberships | Rivals>,
): Buffer {
  const head = Buffer.from(JSON.stringify(header))
  const slots = slotsFor(machines.size)
  const index = new Uint32Array(slots)
  const records = new Records(PREFIX + head.length + 4 * slots)
  for (const [name, content] of machines) {
    index[freeSlot(index, name)] = records.add(JSON.stringify([name, content]))
  }
  const prefix = Buffer.alloc(PREFIX)
  const table = littleEndian(index)
  const numbers = [head.length, slots, records.end, checksum(head), checksum(table)]
  prefix.write(MAGIC)
  for (const [i, value] of numbers.entries()) {
    prefix.writeUInt32LE(value, MAGIC.length + 4 * i)
  }
  return Buffer.concat([prefix, head, table, ...records.pieces])
}

/** A compiled inventory, looked up, not read. */
export class CompiledInventory {
  readonly header: CompiledHeader
  readonly #data: RandomAccess
  readonly #slots: number
  readonly #index: number
  readonly #indexSum: number

  /** Throws when these are not the bytes of a compiled inventory of this version. */
  constructor(data: RandomAccess) {
    const start = data.read(0, 8192)
    if (start.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('other version')
    const [headLength = 0, slots = 0, size = 0, sum = 0, indexSum = 0] = [0, 4, 8, 12, 16].map(
      (at) => start.readUInt32LE(MAGIC.length + at),
    )
    if (size !== data.size) throw new Error('incomplete')
    this.#index = PREFIX + headLength
    const whole = this.#index <= start.length ? start : data.read(0, this.#index)
    const head = whole.subarray(PREFIX, this.#index)
    if (checksum(head) !== sum) throw damaged()
    this.header = JSON.parse(head.toString())
    this.#data = data
    this.#slots = slots
    this.#indexSum = indexSum
  }

  /** Throws when the index is damaged: then a machine that is there may not be found. */
  checkIndex(): void {
    if (checksum(this.#data.read(this.#index, 4 * this.#slots)) !== this.#indexSum) throw damaged()
  }

  /** Throws when anything is damaged. Reads all of it. */
  checkAll(): void {
    this.checkIndex()
    for (const _ of this.machines());
  }

  /**
   * One machine by its exact name; null when there is none. Throws NOHOST when several sources
   * have one of this name, and an error of JavaScript's own when the bytes are damaged.
   */
  find(name: string): Machine | null {
    const start = hash(name) % this.#slots
    for (let probed = 0; probed < this.#slots; ) {
      const slot = (start + probed) % this.#slots
      for (const offset of this.#readSlots(slot)) {
        if (offset === 0) return null
        const [found, content] = this.#readRecord(offset)
        if (found === name) return this.#machine(found, content)
        probed += 1
      }
    }
    return null
  }

  /** Every machine that can be asked for, in the order in which the sources name them. */
  *machines(): Generator<Machine> {
    for (let offset = this.#index + 4 * this.#slots; offset < this.#data.size; ) {
      const length = this.#data.read(offset, 4).readUInt32LE(0)
      const [name, content] = this.#readRecord(offset)
      if (!('sources' in content)) yield this.#machine(name, content)
      offset += RECORD_PREFIX + length
    }
  }

  #machine(name: string, content: Memberships | Rivals): Machine {
    if ('sources' in content) throw severalHave(name, content)
    const { networks, sources } = this.header
    const memberships = content.map(([network, peer]): Membership => {
      return { network: networks[network] as Network, peer }
    })
    const from = memberships.find(({ network }) => network.source !== undefined)?.network.source
    const { clan, domain } = sources[from ?? 0] ?? { clan: null, domain: null }
    return { name, memberships, clan, domain: isBelow(name, domain) ? null : domain }
  }

  #readSlots(slot: number): Uint32Array {
    const count = Math.min(SLOTS_PER_READ, this.#slots - slot)
    const bytes = this.#data.read(this.#index + 4 * slot, 4 * count)
    return Uint32Array.from({ length: count }, (_, i) => bytes.readUInt32LE(4 * i))
  }

  #readRecord(offset: number): [name: string, content: Memberships | Rivals] {
    const first = this.#data.read(offset, RECORD_READ)
    const end = RECORD_PREFIX + first.readUInt32LE(0)
    if (end > this.#data.size) throw damaged()
    const whole = end <= first.length ? first : this.#data.read(offset, end)
    const json = whole.subarray(RECORD_PREFIX, end)
    if (checksum(json) !== first.readUInt32LE(4)) throw damaged()
    return JSON.parse(json.toString())
  }
}

/** True for a name that has the domain behind it already. */
function isBelow(name: string, domain: string | null): boolean {
  return domain !== null && name.endsWith(`.${domain}`)
}

function severalHave(name: string, { sources, names }: Rivals): BywayError {
  const owners = sources.map((source) => `"${source}"`).join(' and ')
  return new BywayError('NOHOST', `machine "${name}" is in ${owners}`, {
    hint:
      names.length > 0
        ? `say which: ${names.join(' or ')}`
        : 'give the sources names in the configuration ("inventory": [{"name": …, …}])',
  })
}

/** A power of two, at least twice the number of records: probes stay short, and always end. */
function slotsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count) * 2))
}

function freeSlot(index: Uint32Array, name: string): number {
  let slot = hash(name) % index.length
  while (index[slot] !== 0) slot = (slot + 1) % index.length
  return slot
}

function littleEndian(index: Uint32Array): Buffer {
  const bytes = Buffer.alloc(4 * index.length)
  for (const [i, value] of index.entries()) bytes.writeUInt32LE(value, 4 * i)
  return bytes
}

function hash(text: string): number {
  return checksum(Buffer.from(text))
}

function damaged(): Error {
  return new Error('damaged')
}
