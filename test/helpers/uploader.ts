import { spawn } from 'node:child_process'

/** A program that gives another one, its arguments, bytes without end: ssh in an upload. */
const [command = '', ...args] = process.argv.slice(2)
const { stdin } = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] })
const bytes = Buffer.alloc(64 * 1024, 'SSH-2.0-x\r\n')
const write = () => {
  stdin.write(bytes, write)
}
write()
