#!/usr/bin/env bash
# Installs the programs that `make test`, `bench`, `demo` or `test-packages` need (setup.sh test|bench|demo|packages), only
# those that are missing, with apt-get as root; anyone else is told what to install. Silent when nothing is missing.
set -euo pipefail

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/openssh

# A program, or a file, and the Debian package that brings it.
demo='
ssh openssh-client
sshd openssh-server
sftp-server openssh-sftp-server
rsync rsync
'
bench="$demo
connect-proxy connect-proxy
git git
ip iproute2
nc.openbsd netcat-openbsd
ncat ncat
socat socat
unshare util-linux
"
test="$bench
age age
ansible ansible-core
/usr/share/bash-completion/bash_completion bash-completion
chromium chromium
curl curl
faketime faketime
fish fish
gpg gnupg
man man-db
mandoc mandoc
nft nftables
nix-instantiate nix-bin
openssl openssl
pass pass
pasta passt
ps procps
/usr/bin/python3 python3
sshfs sshfs
strace strace
tinyproxy tinyproxy-bin
tincd tinc
tmux tmux
tor tor
wg wireguard-tools
wireguard-go wireguard-go
xauth xauth
xdpyinfo x11-utils
Xvfb xvfb
yggdrasil yggdrasil
zsh zsh
"
packages="
dpkg-deb dpkg
lintian lintian
"

case ${1:-test} in
  demo) wanted=$demo ;;
  bench) wanted=$bench ;;
  test) wanted=$test ;;
  packages) wanted=$packages ;;
  *) echo "usage: setup.sh [test|bench|demo|packages]" >&2; exit 64 ;;
esac

node_is_new() { node -e '[a, b] = process.versions.node.split("."); process.exit(+a > 20 || (a == 20 && b >= 12) ? 0 : 1)'; }
if ! command -v npm >/dev/null || ! node_is_new; then
  echo "byway is built with Node.js 20.12 or newer and npm: install them first" >&2
  exit 1
fi

missing=()
while read -r program package; do
  [ -z "$program" ] || command -v "$program" >/dev/null || [ -f "$program" ] || missing+=("$package")
done <<<"$wanted"
[ ${#missing[@]} -gt 0 ] || exit 0

echo "missing: ${missing[*]}" >&2
if ! command -v apt-get >/dev/null; then
  echo "install what these Debian packages hold, then try again" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "install them: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

# The tests start their own sshd, tor and overlays. Where systemd runs, the packages' services are neither started nor
# enabled; elsewhere apt-get starts none.
policy=/usr/sbin/policy-rc.d
if [ -d /run/systemd/system ]; then
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
fi

export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
"${apt[@]}" update >&2
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >&2

if [ -d /run/systemd/system ]; then
  for package in "${missing[@]}"; do
    case $package in
      openssh-server) systemctl --quiet disable ssh.service ;;
      tinc) systemctl --quiet disable tinc.service ;;
      tor) systemctl --quiet disable tor.service ;;
    esac
  done
fi
