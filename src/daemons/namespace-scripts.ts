/**
 * The first process of a pid namespace: when it ends the kernel ends all others in there, and it
 * ends when the daemon does, or what gives it the outside. Runs as root of a user namespace, in a
 * mount namespace, in the network of the computer. Arguments: the run's folder, `PINNED`, `INSIDE`,
 * the daemon's script and its arguments. The daemon's files come through stdin, name and base64 in a
 * line, into a folder in memory that nobody else sees.
 *
 * Inside the name servers are those of the computer, or of its systemd-resolved(8). Where all are on
 * loopback, out of reach, it is 10.0.2.3, which leads to the computer's: pasta(1) is told so,
 * slirp4netns(1) has it so. pasta is told in that case only: one of 2023 has every answer of the
 * computer's first name server come from 10.0.2.3, and who asked that server itself takes none of them.
 */
export const OUTSIDE = `set -e
folder=$1
pinned=$2
shift 2
trap 'exit 1' USR1
cd "$folder"
mkdir files
mount -t tmpfs -o mode=700 tmpfs files
while read -r name text; do
  (umask 77; echo "$text" | base64 -d >"files/$name")
done

has_far_server() { grep -E '^nameserver' "$1" 2>/dev/null | grep -Evq '[[:space:]](127\\.|::1)'; }
forward=
if has_far_server /etc/resolv.conf; then cat /etc/resolv.conf >resolv.conf
elif has_far_server /run/systemd/resolve/resolv.conf; then cat /run/systemd/resolve/resolv.conf >resolv.conf
else
  echo 'nameserver 10.0.2.3' >resolv.conf
  forward='--dns-forward 10.0.2.3'
fi

mkfifo up go
{ unshare --net -- sh -c "$pinned" pinned "$folder" "$@" || true; kill -USR1 1; } &
read -r _ <up

has_come() {
  until [ -s outside ]; do
    kill -0 "$outside" 2>/dev/null || return 1
    sleep 0.01
  done
}
outside=
if command -v pasta >/dev/null; then
  pasta --config-net --quiet --foreground --netns-only --netns "$folder/netns" --no-map-gw $forward \\
    --tcp-ports none --udp-ports none --tcp-ns none --udp-ns none --pid "$folder/outside" 2>pasta.log 3>&- &
  outside=$!
  has_come || outside=
fi
if [ -z "$outside" ] && command -v slirp4netns >/dev/null; then
  slirp4netns --configure --mtu=65520 --disable-host-loopback --netns-type=path --ready-fd=4 "$folder/netns" tap0 \\
    >slirp.log 2>&1 3>&- 4>"$folder/outside" &
  outside=$!
  has_come || outside=
fi
if [ -z "$outside" ]; then
  cat pasta.log slirp.log 2>/dev/null | grep -v syslog >&2
  exit 1
fi
echo 'the namespace is made' >&3
echo >go
wait "$outside"
`

/** The network namespace, pinned to a file for those who give it the outside. */
export const PINNED = `set -e
folder=$1
inside=$2
shift 2
cd "$folder"
ip link set lo up
: >netns
mount --bind /proc/self/ns/net netns
echo >up
read -r _ <go
exec unshare --mount -- sh -c "$inside" inside "$folder" "$@"
`

/**
 * The daemon's place, with a /run of its own, as daemons want files there, where an ordinary user
 * has none; what they may need of the real one stays.
 */
export const INSIDE = `set -e
folder=$1
script=$2
shift 2
cd "$folder"
if [ -d /run ]; then
  below=\${folder#/run/}
  cd /run
  mount -t tmpfs -o mode=755 tmpfs /run
  for entry in ./*; do
    if [ -L "$entry" ]; then cp -P "$entry" /run/; fi
  done
  for entry in user wrappers "\${below%%/*}"; do
    if [ -n "$entry" ] && [ -d "./$entry" ] && [ ! -e "/run/$entry" ]; then
      mkdir "/run/$entry"
      mount --no-canonicalize --rbind "./$entry" "/run/$entry"
    fi
  done
  mkdir -p /run/wireguard /run/yggdrasil
  cd "$folder"
fi
resolver=$(readlink -m /etc/resolv.conf)
if [ -e "$resolver" ]; then mount --bind resolv.conf "$resolver"
elif [ -L /etc/resolv.conf ]; then mkdir -p "\${resolver%/*}" && cat resolv.conf >"$resolver"
fi
exec sh -c "$script" daemon "$@"
`
