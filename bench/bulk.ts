/** 1 GiB by `ssh cat`, to /dev/null: nothing of byway is in the way of the bytes when the socket is passed. */

import { mustRun } from '../test/helpers/program.ts'
import { MACHINE } from '../test/helpers/ssh-client.ts'
import { startSshd } from '../test/helpers/sshd.ts'
import { compare, type Row } from './harness.ts'
import { waysTo } from './ways.ts'

export const bulk: Row = {
  name: 'bulk',
  target: 'passed on: as plain ssh, within noise, and nothing of byway left',
  measure: async ({ runs, bytes }) => {
    const sshd = await startSshd()
    const contenders = waysTo(sshd).map(({ name, home, client }) => ({
      name,
      turn: async () => {
        const script = `ssh -F ${client.config} ${MACHINE} head -c ${bytes} /dev/zero >/dev/null`
        const { ms } = await mustRun(['bash', '-c', script], { env: home.env })
        if (home.liveByways().length > 0) throw new Error(`${name}: a byway is left`)
        return [ms, bytes / 2 ** 20 / (ms / 1000)]
      },
    }))
    const table = await compare(['ms', 'MiB/s'], contenders, Math.ceil(runs / 5))
    sshd.stop()
    return table
  },
}
