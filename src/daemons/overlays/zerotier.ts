import { IP, type Recipe } from './recipe.ts'

/**
 * Arguments: zerotier-one's folder, and the networks. What it keeps there is its own; the key alone
 * is in the run's folder where it was given.
 */
const SCRIPT = `set -e
cd "$BYWAY_RUN"
home=$1
shift
mkdir -p "$home/networks.d"
[ ! -e files/identity.secret ] || ln -sf "$BYWAY_RUN/files/identity.secret" "$home/identity.secret"
for network in "$@"; do : >"$home/networks.d/$network.conf"; done
zerotier-one -U -p0 "$home" &
daemon=$!
until ip -o address show 2>/dev/null | grep -Eq ' zt[a-z0-9]+ +inet'; do
  kill -0 $daemon
  sleep 0.05
done
echo ready >&3
wait $daemon
`

/** ZeroTier: `args` are the networks that it joins. */
export const zerotier: Recipe = {
  name: 'zerotier-one',
  namespace: true,
  needs: [{ program: 'zerotier-one', source: 'zerotier.com' }, IP],
  wants: [['args']],
  launch: ({ key, args, env }) => ({
    kind: 'namespace',
    script: SCRIPT,
    command: ['{data}', ...args],
    env,
    files: key === null ? {} : { 'identity.secret': key.trim() },
    ready: null,
  }),
}
