import { CONNECT_FLAGS, makeRequest } from '../arguments.ts'
import { connect } from '../connect.ts'
import { EXIT_STATUS } from '../core/errors.ts'
import type { Command } from './command.ts'

/** `byway connect`, where the short way in main did not understand the line. */
export const connectCommand: Command = {
  name: 'connect',
  usage: '<machine> [port]',
  describe: "stdin and stdout to the machine's SSH port (a ProxyCommand)",
  flags: CONNECT_FLAGS,
  examples: [
    ['connect web01', 'the bytes of the SSH server of web01'],
    ['connect -n tor web01 2222', 'port 2222 of web01, only through the network tor'],
  ],
  run: async ({ words: [machine = '', port], flags }, { world }) => {
    const { network, fdpass, timeout } = flags as Parameters<typeof makeRequest>[0]
    await connect(makeRequest({ machine, port, network, fdpass, timeout }), await world())
    return EXIT_STATUS.OK
  },
}
