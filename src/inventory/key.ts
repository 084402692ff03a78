/** A file name, 16 hexadecimal digits, for whatever is asked for: FNV-1a, 64 bits. */
export function keyOf(text: string): string {
  let value = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n)
  }
  return value.toString(16).padStart(16, '0')
}
