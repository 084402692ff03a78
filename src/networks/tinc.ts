import type { Computer, Means } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { makeOverlay } from './overlay.ts'

/** Where tincd notes its process: `tinc.<network>.pid`, `tinc.pid` where the network has no name. */
const FOLDER = '/var/run'
const PID_FILE = /^tinc(?:\.(.+))?\.pid$/

/** tinc. Its interface has the network's name, unless its configuration says otherwise. */
export function makeTinc(means: Means): Technology {
  return makeOverlay(
    {
      name: 'tinc',
      sign: 'the name of a tinc network',
      interfaces: (computer) => {
        const names = runningNetworks(computer)
        const isOwn = (name: string) => name.startsWith('tinc') || names.includes(name)
        return computer.interfaces().filter(({ name }) => isOwn(name))
      },
      daemon: {
        places: `${FOLDER}/tinc.*.pid`,
        ask: (computer) => {
          const names = runningNetworks(computer)
          return names.length === 0 ? null : `tincd runs for ${names.join(', ')}`
        },
      },
      hint: 'start tincd: "tincd -n <network>"',
    },
    means,
  )
}

function runningNetworks(computer: Computer): string[] {
  return computer.list(FOLDER).flatMap((file) => {
    const match = PID_FILE.exec(file)
    if (match === null || !isAlive(`${FOLDER}/${file}`, computer)) return []
    return [match[1] ?? 'tinc']
  })
}

/** A tincd that was killed leaves its file; where nothing more can be read it counts as running. */
function isAlive(file: string, computer: Computer): boolean {
  const pid = /^\d+/.exec(computer.readText(file) ?? '')?.[0]
  if (pid === undefined || computer.list('/proc').length === 0) return true
  return computer.list(`/proc/${pid}`).length > 0
}
