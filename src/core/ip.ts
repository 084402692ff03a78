/** The bytes of an IP address, 4 or 16, without its zone; null: the text is no address. */
export function parseIp(text: string): readonly number[] | null {
  const [address = ''] = text.split('%')
  return address.includes(':') ? parseV6(address) : parseV4(address)
}

/** True for an address in a prefix such as `200::/7`; false as well for what is no address. */
export function isWithin(address: string, prefix: string): boolean {
  const [network = '', bits = ''] = prefix.split('/')
  const of = parseIp(network)
  const bytes = parseIp(address)
  return of !== null && bytes !== null && shareBits(bytes, of, Number(bits))
}

/** True when both have the same family and begin with the same so many bits. */
export function shareBits(one: readonly number[], two: readonly number[], bits: number): boolean {
  if (one.length !== two.length || bits > one.length * 8) return false
  return one.every((byte, i) => ((byte ^ (two[i] ?? 0)) & maskOfByte(bits, i)) === 0)
}

/**
 * A prefix as the kernel has it: what comes after its bits is nought (`10.9.0.2/24` is `10.9.0.0/24`),
 * and it has one spelling (RFC 5952: `::0/0` is `::/0`). An address alone is all of its bits; null: the
 * text is neither.
 */
export function maskPrefix(text: string): string | null {
  const [address = '', length] = text.split('/')
  const bytes = parseIp(address)
  if (bytes === null) return null
  const bits = Number(length ?? bytes.length * 8)
  if (!(bits <= bytes.length * 8)) return null
  return `${writeIp(bytes.map((byte, i) => byte & maskOfByte(bits, i)))}/${bits}`
}

/** Which bits of a byte are among the first so many of all. */
function maskOfByte(bits: number, index: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 0xff
}

function writeIp(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = bytes.flatMap((byte, i) =>
    i % 2 === 0 ? [((byte << 8) | (bytes[i + 1] ?? 0)).toString(16)] : [],
  )
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function parseV4(text: string): number[] | null {
  const parts = text.split('.')
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256))
  return bytes.length === 4 && bytes.every((byte) => byte < 256) ? bytes : null
}

function parseV6(text: string): number[] | null {
  const [before = '', after, more] = text.split('::')
  const head = parseGroups(before, after === undefined)
  const tail = parseGroups(after ?? '', true)
  if (head === null || tail === null || more !== undefined) return null
  const missing = 16 - head.length - tail.length
  if (after === undefined ? missing !== 0 : missing < 2) return null
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

/** Groups of four digits; where they are the end, the last two perhaps as an IPv4 address. */
function parseGroups(text: string, end: boolean): number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  const bytes = groups.map((group, i) => {
    if (end && i === groups.length - 1 && group.includes('.')) return parseV4(group)
    if (!/^[\da-f]{1,4}$/i.test(group)) return null
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  return bytes.includes(null) ? null : bytes.flatMap((pair) => pair ?? [])
}
