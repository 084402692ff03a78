# For the scripts that build what only tests run: sourced. The programs lie in the user's cache, where all clones of
# this repository find them.
bin=${XDG_CACHE_HOME:-$HOME/.cache}/byway-tools/bin
mkdir -p "$bin"
# Two clones build nothing at the same time.
exec 9>"$bin/.lock"
flock 9

# is_there <program> <what it is built from>: whether it was built from just that
is_there() {
  [ -x "$bin/$1" ] && [ "$(cat "$bin/.$1" 2>/dev/null)" = "$2" ]
}

# keep <file> <program> <what it was built from>
keep() {
  mv -f "$1" "$bin/$2"
  printf '%s\n' "$3" >"$bin/.$2"
}

need() {
  command -v "$1" >/dev/null && return
  echo "$0: $1 is not on PATH" >&2
  exit 1
}

# go_tool <program> <package> <version>
go_tool() {
  is_there "$1" "$3" && return
  need go
  echo "building $1 $3, which takes some minutes the first time" >&2
  GOBIN=$work go install "$2@$3" 9>&-
  keep "$work/$1" "$1" "$3"
}
