import { once } from 'node:events'
import { runProgram } from '../../src/vars/program.ts'

/** `run-family.ts exit|abort <script>`: runs the script until a line comes, then ends as told. */
const [, , how, script = ''] = process.argv
const abort = new AbortController()
const context = { signal: abort.signal, tell: () => {}, env: process.env }
const running = runProgram({ argv: ['sh', '-c', script], context })
await once(process.stdin, 'data')
if (how === 'exit') process.exit(0)
abort.abort(new Error('decided'))
await running.catch(() => {})
process.stdin.destroy()
