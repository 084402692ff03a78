import { type Lab, untilSucceeds } from '../helpers/hosts.ts'
import { WEB } from './far-sides.ts'

/**
 * Lets ordinary users of the lab's desk make interfaces, as udev has it, and gives it a way to the
 * rest of the world, after which pasta takes. Resolves when its addresses can be used.
 */
export async function openDesk(lab: Lab): Promise<void> {
  const desk = lab.host('desk')
  const tun = 'mknod -m 666 /run/tun c 10 200 && mount --bind /run/tun /dev/net/tun'
  await desk.run(['sh', '-c', `${tun} && ip route add default via ${lab.host(WEB).under}`])
  await untilSucceeds(desk, ['sh', '-c', '! ip -6 addr | grep -q tentative'])
}
