/** Many logins at once, all of which have to succeed. */
import { MACHINE } from '../test/helpers/ssh-client.ts'
import { startSshd } from '../test/helpers/sshd.ts'
import { compare, type Row } from './harness.ts'
import { type WayTo, waysTo } from './ways.ts'

export const many: Row = {
  name: 'many',
  target: 'at most 1.5 times nc, and no failure',
  measure: async ({ logins, beside }) => {
    const sshd = await startSshd({ config: ['MaxStartups 1000', 'MaxSessions 1000'] })
    const ways = waysTo(sshd).filter(({ name }) => name !== 'ssh')
    const contenders = ways.map((way) => ({
      name: way.name,
      turn: async () => {
        const began = performance.now()
        let left = logins
        const worker = async () => {
          while (left-- > 0) await logIn(way)
        }
        await Promise.all(Array.from({ length: beside }, worker))
        return [performance.now() - began]
      },
    }))
    const table = await compare([`ms for ${logins} logins, ${beside} at once`], contenders, 1)
    sshd.stop()
    return table
  },
}

async function logIn({ name, client }: WayTo): Promise<void> {
  const { status, stderr } = await client.run('ssh', [MACHINE, 'true'])
  if (status !== 0) throw new Error(`${name}: a login failed: ${stderr}`)
}
