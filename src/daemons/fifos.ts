import { execFile } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Milliseconds between two looks whether somebody reads. */
const LOOK_EVERY = 10
/** Bytes that a pipe takes at once, whoever reads (pipe(7)). */
const LARGEST = 65_536

/**
 * Gives texts, keys among them, to whoever first opens `files/<name>` in the folder: named pipes,
 * so that nothing of them is ever on a disk. Resolves when they can be opened; gives them up when
 * `over` resolves. Throws for a text of more than 64 KiB.
 */
export async function serveFiles(
  files: Readonly<Record<string, string>>,
  folder: string,
  over: Promise<unknown>,
): Promise<void> {
  let isOver = false
  void over.then(() => {
    isOver = true
  })
  mkdirSync(join(folder, 'files'), { mode: 0o700 })
  for (const [name, text] of Object.entries(files)) {
    if (Buffer.byteLength(text) > LARGEST) throw new Error(`${name}: more than 64 KiB`)
    const path = join(folder, 'files', name)
    await promisify(execFile)('mkfifo', ['-m', '600', path])
    void serve(path, text, () => isOver)
  }
}

/** Opening blocks nobody: it fails as long as nobody reads (fifo(7)). */
async function serve(path: string, text: string, isOver: () => boolean): Promise<void> {
  const bytes = Buffer.from(text)
  for (let taken = false; !taken && !isOver(); ) {
    const pipe = tryOpen(path)
    if (pipe !== null) taken = await pour(bytes, pipe, isOver)
    else await pause()
  }
}

/** A pipe has less room where the user has many (pipe-user-pages-soft). False: its reader is gone. */
async function pour(bytes: Buffer, pipe: number, isOver: () => boolean): Promise<boolean> {
  try {
    for (let at = 0; at < bytes.length && !isOver(); ) {
      const written = tryWrite(pipe, bytes.subarray(at))
      if (written === 0) await pause()
      at += written
    }
    return true
  } catch {
    return false
  } finally {
    closeSync(pipe)
  }
}

function tryOpen(path: string): number | null {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
}

/** How many bytes the pipe took. Throws when nobody reads it any more. */
function tryWrite(pipe: number, bytes: Buffer): number {
  try {
    return writeSync(pipe, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
}
