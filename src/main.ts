import { parseConnectLine } from './arguments.ts'
import { connect } from './connect.ts'
import { EXIT_STATUS } from './core/errors.ts'
import { makeTell, reportError } from './cli/ui.ts'
import { makeWorld } from './wiring.ts'

/** Runs one command line; the exit status. `connect` takes the short way, all else loads the CLI. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const line = parseConnectLine(argv)
    if (line === null) {
      const { runCli } = await import('./cli/main.ts')
      return await runCli(argv)
    }
    const world = await makeWorld(line.flags, makeTell(line.flags.verbosity))
    await connect(line.request, world)
    return EXIT_STATUS.OK
  } catch (error) {
    return reportError(error)
  }
}

main(process.argv.slice(2)).then((status) => process.exit(status))
