#!/usr/bin/env bash
# install.sh install|uninstall <executable> <prefix>: puts byway's files below the prefix, or takes just those away.
# ZSH_FOLDER: where zsh looks for completions there (Debian's packages: vendor-completions).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action=$1 executable=$2 prefix=$3

# A file's mode, the file, and its place below the prefix. No ssh reads share/byway/ssh_config.d: what is there takes
# effect where a person copies it.
files="
755 $executable bin/byway
644 dist/byway.1 share/man/man1/byway.1
644 dist/completions/bash share/bash-completion/completions/byway
644 dist/completions/zsh share/zsh/${ZSH_FOLDER:-site-functions}/_byway
644 dist/completions/fish share/fish/vendor_completions.d/byway.fish
644 ssh-config/relay.conf share/byway/ssh_config.d/relay.conf
644 ssh-config/fdpass.conf share/byway/ssh_config.d/fdpass.conf
"

while read -r mode file place; do
  [ -n "$place" ] || continue
  case $action in
    install)
      install -d "$prefix/$(dirname "$place")"
      install -m "$mode" "$file" "$prefix/$place"
      echo "$prefix/$place"
      ;;
    uninstall) rm -f "$prefix/$place" ;;
    *) echo "install.sh: expected install or uninstall" >&2; exit 64 ;;
  esac
done <<<"$files"

if [ "$action" = uninstall ] && [ -d "$prefix/share/byway" ]; then
  rmdir --ignore-fail-on-non-empty -p --ignore-fail-on-non-empty "$prefix/share/byway/ssh_config.d" 2>/dev/null || true
fi
