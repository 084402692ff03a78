/** The bytes of SOCKS5 (RFC 1928, RFC 1929), for scripts and for what they hear. */

/** A client's greeting: without user and password, or with either. */
export const GREETING = Buffer.from([5, 1, 0])
export const GREETING_WITH_USER = Buffer.from([5, 2, 0, 2])

/** The server's choice of a method. */
export function method(code: number): Buffer {
  return Buffer.from([5, code])
}

/** User and password, as a client says them. */
export function login(user: string, password: string): Buffer {
  return Buffer.concat([Buffer.from([1]), counted(user), counted(password)])
}

/** What the server thinks of them. */
export function verdict(code: number): Buffer {
  return Buffer.from([1, code])
}

/** What a client asks for. */
export function request(address: Buffer, port: number): Buffer {
  return Buffer.concat([Buffer.from([5, 1, 0]), address, portBytes(port)])
}

/** The server's answer. */
export function reply(code: number, address: Buffer = ipv4(127, 0, 0, 1), port = 22): Buffer {
  return Buffer.concat([Buffer.from([5, code, 0]), address, portBytes(port)])
}

export function ipv4(...octets: [number, number, number, number]): Buffer {
  return Buffer.from([1, ...octets])
}

/** From eight groups. */
export function ipv6(...groups: readonly number[]): Buffer {
  return Buffer.from([4, ...groups.flatMap((group) => [group >> 8, group & 0xff])])
}

export function name(text: string): Buffer {
  return Buffer.concat([Buffer.from([3]), counted(text)])
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function portBytes(port: number): Buffer {
  return Buffer.from([port >> 8, port & 0xff])
}
