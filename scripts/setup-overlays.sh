#!/usr/bin/env bash
# Builds what the tests of `make test-overlays` run: tailscale with its test control server, and dumbpipe. Quick when it
# is there; ten minutes or more when nothing is.
set -euo pipefail

tailscale=v1.102.5
dumbpipe=0.40.1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=$root/node_modules/.cache/byway-tools/bin
server=$root/test/overlays/tailnet/main.go
mkdir -p "$bin"

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# is_there <program> <what it is built from>: whether it was built from just that
is_there() {
  [ -x "$bin/$1" ] && [ "$(cat "$bin/.$1" 2>/dev/null)" = "$2" ]
}

need() {
  command -v "$1" >/dev/null && return
  echo "setup-overlays: $1 is not on PATH" >&2
  exit 1
}

for program in tailscale tailscaled; do
  is_there $program $tailscale && continue
  need go
  echo "setup-overlays: building $program $tailscale" >&2
  GOBIN=$bin go install "tailscale.com/cmd/$program@$tailscale"
  echo $tailscale >"$bin/.$program"
done

# The server is a program of our own around a package of tailscale's, with tailscale's own choice of other modules.
made_of="$tailscale $(sha256sum <"$server")"
if ! is_there tailnet "$made_of"; then
  need go
  echo "setup-overlays: building tailscale's test control server" >&2
  source=$(go mod download -json "tailscale.com@$tailscale" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  cp "$server" "$source/go.mod" "$source/go.sum" "$work"
  chmod u+w "$work"/go.*
  (
    cd "$work"
    go mod edit -module byway.test/tailnet -require "tailscale.com@$tailscale"
    go build -mod=mod -o "$bin/tailnet" .
  )
  echo "$made_of" >"$bin/.tailnet"
fi

# Its own profile takes twice as long to build, for bytes that nobody waits for.
if ! is_there dumbpipe $dumbpipe; then
  need cargo
  echo "setup-overlays: building dumbpipe $dumbpipe" >&2
  CARGO_TARGET_DIR=$work/target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo install --quiet --locked --root "$work" "dumbpipe@$dumbpipe"
  mv "$work/bin/dumbpipe" "$bin/dumbpipe"
  echo $dumbpipe >"$bin/.dumbpipe"
fi
