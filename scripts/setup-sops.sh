#!/bin/sh
# Installs the sops that the tests of src/vars encrypt with. Quick when it is there.
set -eu

version=v3.13.3
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
bin=$root/node_modules/.cache/byway-tools/bin
mark=$bin/.sops-$version

if [ -x "$bin/sops" ] && [ -e "$mark" ]; then
  exit 0
fi

if ! command -v go >/dev/null; then
  echo 'setup-sops: go is not on PATH' >&2
  exit 1
fi

mkdir -p "$bin"
rm -f "$bin"/.sops-*
echo "setup-sops: building sops $version, which takes some minutes the first time" >&2
GOBIN=$bin go install "github.com/getsops/sops/v3/cmd/sops@$version"
touch "$mark"
