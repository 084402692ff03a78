import { IP, type Recipe } from './recipe.ts'

/** Arguments: tinc's folder, and what tincd is told besides. Ready once a connection is there. */
const SCRIPT = `cd "$BYWAY_RUN"
folder=$1
shift
tincd -c "$folder" -D -d1 --pidfile="$BYWAY_RUN/tinc.pid" "$@" 2>&1 | while read -r line; do
  echo "$line"
  case $line in *activated*) echo ready >&3 ;; esac
done
`

/** tinc. Its own `tinc-up` gives the interface its address, inside. */
export const tinc: Recipe = {
  name: 'tincd',
  namespace: true,
  needs: [{ program: 'tincd', debian: 'tinc' }, IP],
  wants: [['config']],
  folder: true,
  launch: ({ configPath, key, args, env }) => ({
    kind: 'namespace',
    script: SCRIPT,
    command: [configPath ?? '', ...keyOptions(key), ...args],
    env,
    files: key === null ? {} : { key: `${key.trim()}\n` },
    ready: null,
  }),
}

/** tinc 1.0 has an RSA key, 1.1 one of Ed25519 (tinc.conf(5)). */
function keyOptions(key: string | null): string[] {
  if (key === null) return []
  const variable = key.includes('RSA') ? 'PrivateKeyFile' : 'Ed25519PrivateKeyFile'
  return ['-o', `${variable}={folder}/files/key`]
}
