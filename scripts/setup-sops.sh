#!/usr/bin/env bash
# Builds the sops that the tests of src/vars encrypt with. Quick when it is there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go_tool sops github.com/getsops/sops/v3/cmd/sops v3.13.3
