import type { SocksPlace } from '../../core/daemon.ts'
import { BywayError } from '../../core/errors.ts'
import type { DaemonEntry } from '../../core/types.ts'
import type { Recipe } from './recipe.ts'

/** Inside, the command's words are the daemon; the keeper sees when it is ready. */
const SCRIPT = `cd "$BYWAY_RUN"
[ -n "$BYWAY_READY" ] || echo ready >&3
exec "$@"
`

/**
 * The recipe that the configuration itself is: a command. `socks`, where its proxy listens, is null for
 * one in a namespace, which is dialled from inside.
 */
export function commandRecipe(entry: DaemonEntry, socks: () => Promise<SocksPlace>): Recipe {
  const { command = [], ready = null, namespace = false } = entry
  const [program = ''] = command
  return {
    name: program,
    namespace,
    needs: [{ program, source: 'it, or name it by its path' }],
    wants: [],
    launch: async ({ env, config, key }) => {
      const files = { ...(config === null ? {} : { config }), ...(key === null ? {} : { key }) }
      if (!namespace) {
        const way = { socks: await socks() }
        return { kind: 'program', command, env, files, ready, finish: null, way }
      }
      if (ready !== null && 'socks' in ready) throw noProxy()
      const told = ready === null ? '' : 'yes'
      const inside = { ...env, BYWAY_READY: told }
      return { kind: 'namespace', script: SCRIPT, command, env: inside, files, ready }
    },
  }
}

function noProxy(): BywayError {
  return new BywayError('CONFIG', 'a daemon in a namespace is dialled from inside, not by SOCKS5', {
    hint: 'say "ready" with "log" or "file", or leave "namespace" out',
  })
}
