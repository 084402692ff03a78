#!/usr/bin/env bash
# Builds what the tests of `make test-overlays` run: tailscale with its test control server, wireproxy, and dumbpipe. Quick
# when it is there; ten minutes or more when nothing is.
set -euo pipefail

tailscale=v1.102.5
wireproxy=v1.0.9
dumbpipe=0.40.1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/tools.sh"
server=$root/test/overlays/tailnet/main.go

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

for program in tailscale tailscaled; do
  go_tool $program tailscale.com/cmd/$program $tailscale
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
    go build -mod=mod -o "$work/tailnet" . 9>&-
  )
  keep "$work/tailnet" tailnet "$made_of"
fi

# One of its modules, by which it gives up rights that nobody here means to test, is not to be had everywhere: it is
# replaced by one that does nothing.
if ! is_there wireproxy $wireproxy; then
  need go
  echo "setup-overlays: building wireproxy $wireproxy" >&2
  source=$(go mod download -json "github.com/pufferffish/wireproxy@$wireproxy" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  cp -r "$source" "$work/wireproxy"
  chmod -R u+w "$work/wireproxy"
  (
    cd "$work/wireproxy"
    mkdir protect
    printf 'module suah.dev/protect\n' >protect/go.mod
    {
      echo 'package protect'
      echo 'func Pledge(string) error { return nil }'
      echo 'func Unveil(string, string) error { return nil }'
      echo 'func UnveilBlock() error { return nil }'
    } >protect/protect.go
    go mod edit -replace suah.dev/protect=./protect
    go build -mod=mod -o "$work/built" ./cmd/wireproxy 9>&-
  )
  keep "$work/built" wireproxy $wireproxy
fi

# Its own profile takes twice as long to build, for bytes that nobody waits for.
if ! is_there dumbpipe $dumbpipe; then
  need cargo
  echo "setup-overlays: building dumbpipe $dumbpipe" >&2
  CARGO_TARGET_DIR=$work/target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo install --quiet --locked --root "$work" "dumbpipe@$dumbpipe" 9>&-
  keep "$work/bin/dumbpipe" dumbpipe $dumbpipe
fi
