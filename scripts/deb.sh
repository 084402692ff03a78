#!/usr/bin/env bash
# deb.sh <output>: a Debian package, by dpkg-deb, whose version and architecture are those of the output's name. The same
# sources give the same package: its files' times are $SOURCE_DATE_EPOCH. EXECUTABLE is packed instead of the one that
# is built, where only the package around it is of interest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

output=$1
IFS=_ read -r _ version architecture <<<"$(basename "$output" .deb)"
case $architecture in
  amd64) executable=dist/byway-linux-x64 ;;
  arm64) executable=dist/byway-linux-arm64 ;;
  *) echo "deb.sh: no executable for $architecture" >&2; exit 64 ;;
esac
executable=${EXECUTABLE:-$executable}

maintainer='the byway authors <byway@packages.invalid>'

umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
doc=$root/usr/share/doc/byway

ZSH_FOLDER=vendor-completions scripts/install.sh install "$executable" "$root/usr" >/dev/null
install -d "$doc" "$root/DEBIAN" "$root/usr/share/lintian/overrides"
install -m 644 README.md CHANGELOG.md "$doc"
{
  printf 'byway (%s) unstable; urgency=medium\n\n  * What has changed is in CHANGELOG.md.\n\n' "$version"
  printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date --utc --date="@$SOURCE_DATE_EPOCH" -R)"
} | gzip -9n >"$doc/changelog.gz"
gzip -9nf "$root/usr/share/man/man1/byway.1"
{
  printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n'
  printf 'Files: *\n%s\nLicense: Expat\n' "$(sed -n 's/^Copyright (c)/Copyright:/p' LICENSE)"
  sed -n '/^Permission/,$ { s/^$/./; s/^/ /; p }' LICENSE
} >"$doc/copyright"

# The executable is Node's own, with byway in it: stripped, it would lose byway.
cat >"$root/usr/share/lintian/overrides/byway" <<'END'
byway: unstripped-binary-or-object [usr/bin/byway]
byway: embedded-library *
END

cat >"$root/DEBIAN/control" <<END
Package: byway
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6
Recommends: openssh-client
Suggests: tor, passt
Section: net
Priority: optional
Description: reach a machine over SSH by the best of several networks
 byway knows from one file by which networks a machine can be reached: public
 addresses, VPNs, proxies, onion services. As the ProxyCommand of ssh it tries
 them close behind each other, and gives ssh the first good one.
END
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root/DEBIAN/md5sums"

find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --build --root-owner-group -Zxz -z1 --threads-max=1 "$root" "$output" >/dev/null
