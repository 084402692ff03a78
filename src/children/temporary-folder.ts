import { tmpdir } from 'node:os'

/**
 * The system's temporary folder; `/tmp` where its path leaves no room for `added` bytes behind it,
 * `longest` being all that may be: a socket's path is short (sun_path, unix(7)).
 */
export function temporaryFolder(added: number, longest: number): string {
  const folder = tmpdir()
  return Buffer.byteLength(folder) + added > longest ? '/tmp' : folder
}
