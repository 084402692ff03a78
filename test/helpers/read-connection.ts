import type { Connection } from '../../src/core/connection.ts'

/** All that a connection gives until it ends. */
export async function readConnection(connection: Connection): Promise<Buffer> {
  const reads: Buffer[] = []
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    reads.push(Buffer.from(bytes))
  }
  return Buffer.concat(reads)
}
