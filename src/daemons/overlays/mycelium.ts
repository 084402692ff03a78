import { IP, type Recipe } from './recipe.ts'

/** Arguments: the file of its key, made by mycelium itself where it is not there; its peers … */
const SCRIPT = `cd "$BYWAY_RUN"
key=$1
shift
mycelium --key-file "$key" --tun-name mycelium "$@" &
daemon=$!
until ip -6 -o address show 2>/dev/null | grep -Eq 'inet6 [45][0-9a-f]{2}:'; do
  kill -0 $daemon || exit 1
  sleep 0.02
done
echo ready >&3
wait $daemon
`

/** mycelium. Its key is a file of 32 bytes, so that it is used where it is, or kept by byway. */
export const mycelium: Recipe = {
  name: 'mycelium',
  namespace: true,
  needs: [{ program: 'mycelium', source: 'github.com/threefoldtech/mycelium' }, IP],
  wants: [['args']],
  launch: ({ keyPath, args, env }) => ({
    kind: 'namespace',
    script: SCRIPT,
    command: [keyPath ?? '{data}/key.bin', ...args],
    env,
    files: {},
    ready: null,
  }),
}
