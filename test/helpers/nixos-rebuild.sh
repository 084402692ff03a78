#!/bin/sh
# Stands in for nixos-rebuild, which Debian does not have: what it does with ssh when it builds here and switches there,
# with the options that it adds. The closure is ./result.
set -e
[ "$*" = 'switch --flake .#my_cool_machine --target-host my_cool_machine' ]
host=my_cool_machine
sockets=$(mktemp -d)
# nixos-rebuild gives these to ssh itself, and to nix by NIX_SSHOPTS
options="$NIX_SSHOPTS -o ControlMaster=auto -o ControlPath=$sockets/ssh-%n -o ControlPersist=60"
leave() {
  for socket in "$sockets"/ssh-*; do ssh -o ControlPath="$socket" -O exit dummyhost 2>/dev/null || true; done
  rm -rf "$sockets"
}
trap leave EXIT
closure=$(readlink -f result)
# shellcheck disable=SC2086 # it splits them at blanks as well
ssh $options "$host" true
NIX_SSHOPTS=$options nix-copy-closure --to "$host" "$closure"
# shellcheck disable=SC2086
ssh $options "$host" "echo switched to $closure > switched"
