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
  return one.every((byte, i) => {
    const left = Math.min(8, Math.max(0, bits - i * 8))
    const mask = (0xff00 >> left) & 0xff
    return ((byte ^ (two[i] ?? 0)) & mask) === 0
  })
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
