#!/usr/bin/env bash
# What `make demo` shows: real ssh, scp and rsync reach a machine by its name, through dist/byway. Everything is
# thrown away at the end: an sshd on loopback, its keys, a home folder. Nothing of the user's is read or written.
set -euo pipefail

machine=my_cool_machine
byway=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/dist/byway
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/openssh:/usr/libexec/openssh:/usr/lib/ssh:/usr/libexec
sshd=$(command -v sshd)
sftp_server=$(command -v sftp-server)
user=$(id -un)
checksum='sha256sum'
command -v sha256sum >/dev/null || checksum='shasum -a 256'
work=

main() {
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # named before it is made: what a signal interrupts in between can be removed all the same
  work=$(mktemp -u "${TMPDIR:-/tmp}/byway-demo.XXXXXX")
  mkdir -m 700 "$work" || give_up "cannot make $work"
  settle
  start_sshd
  start_proxy
  dead=$(free_port)
  write_files
  tell_all
}

# --- what is shown -----------------------------------------------------------------------------------------------

tell_all() {
  echo "$machine is a throw-away sshd on this computer, in three networks.
All files are in $work: ours in here/, the
machine's in there/. They are gone at the end."

  say "An inventory says how machines are reached. The highest priority is tried
first: here a network that is dead, then an office behind a SOCKS proxy, then
the internet."
  try 'cat ~/.config/byway/inventory.json'

  say "The networks. A direct one is always running: whether a machine answers in
it is another question."
  try 'byway list'

  say "byway writes the configuration for ssh."
  try 'byway ssh-config > byway.conf'
  try 'cat byway.conf'

  say "Now real ssh, scp and rsync by the machine's name. ssh.conf includes
byway.conf; it stands in for ~/.ssh/config, which the demo leaves alone."
  transfer

  say "The same with the socket itself handed to ssh: byway is gone before the
login."
  try 'byway ssh-config --fdpass > byway.conf'
  transfer

  say "What a login tries, and what comes of it."
  try "byway explain $machine"
  try "byway ping $machine"
  byway explain --network office $machine >"$work/office" || give_up "the proxy does not lead to $machine"

  say "The office's proxy goes away. The next login takes the internet."
  stop "$proxy"
  try "ssh -F ssh.conf $machine 'echo logged in as \$USER'"
  try "byway explain $machine"
}

transfer() {
  rm -rf back.txt back ../there/*
  try "ssh -F ssh.conf $machine 'echo logged in as \$USER'"
  try "scp -q -F ssh.conf letter.txt $machine:"
  try "scp -q -F ssh.conf $machine:letter.txt back.txt"
  try "rsync -a -e 'ssh -F ssh.conf' data/ $machine:data/"
  try "rsync -a -e 'ssh -F ssh.conf' $machine:data/ back/"
  try "$checksum data/* ../there/data/* back/* | cut -c 1-16,65-"
  cmp -s letter.txt ../there/letter.txt || give_up 'scp: what arrived is not what was sent'
  cmp -s letter.txt back.txt || give_up 'scp: what came back is not what was sent'
  cmp -s data/random ../there/data/random || give_up 'rsync: what arrived is not what was sent'
  cmp -s data/random back/random || give_up 'rsync: what came back is not what was sent'
}

say() { printf '\n%s\n\n' "$1"; }

# Prints a command and runs it as it is printed.
try() {
  printf '$ %s\n' "$1"
  run_apart eval "$1" </dev/null
  wait "$job" || give_up "the command above ended with status $?"
}

# --- what it needs -----------------------------------------------------------------------------------------------

# A home of its own, and folders for both ends.
settle() {
  mkdir -p "$work"/{bin,run,tmp,there,here/.config/byway,here/.cache,here/.local/state,here/data}
  ln -s "$byway" "$work/bin/byway"
  cd "$work/here"
  export HOME=$PWD USER=$user SHELL=/bin/sh TMPDIR=$work/tmp PATH=$work/bin:$PATH
  export XDG_CONFIG_HOME=$HOME/.config XDG_CACHE_HOME=$HOME/.cache XDG_STATE_HOME=$HOME/.local/state
  export XDG_RUNTIME_DIR=$work/run
  unset BYWAY_INVENTORY BYWAY_FLAKE BYWAY_CONFIG CLAN_DIR NODE_CHANNEL_FD NODE_OPTIONS SSH_AUTH_SOCK RSYNC_RSH
  chmod 700 "$work/run"
  echo 'Dear machine, how are you?' >letter.txt
  head -c 8388608 /dev/urandom >data/random
  ssh-keygen -q -t ed25519 -N '' -C demo -f "$work/host_key"
  ssh-keygen -q -t ed25519 -N '' -C demo -f "$work/client_key"
  cp "$work/client_key.pub" "$work/authorized_keys"
  echo "$machine $(cut -d ' ' -f 1,2 "$work/host_key.pub")" >"$work/known_hosts"
}

# Starts sshd as whoever runs this, and waits until it listens. The fifo gives what its processes say; those, and what
# they start, hold its other end, so that it ends when the last of them has.
start_sshd() {
  local options line
  cat >"$work/remote" <<'END'
exec 9<>../sshd.fifo
eval "$SSH_ORIGINAL_COMMAND"
END
  options=(-D -e -f "$work/sshd_config")
  cat >"$work/sshd_config" <<END
ListenAddress 127.0.0.1
HostKey "$work/host_key"
AuthorizedKeysFile "$work/authorized_keys"
PidFile none
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
UseDNS no
PermitUserRC no
PrintMotd no
PrintLastLog no
SetEnv "HOME=$work/there"
Subsystem sftp "$sftp_server"
ForceCommand cd "$work/there" && exec /bin/sh ../remote
END
  # as root it insists on this folder, for its unprivileged part
  [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
  # newer ones lock out who connects without logging in, as ping does
  if "$sshd" -t "${options[@]:2}" -o PerSourcePenalties=no 2>/dev/null; then
    options+=(-o PerSourcePenalties=no)
  fi
  mkfifo "$work/sshd.fifo"
  # a fifo can be opened for reading alone only while somebody writes
  exec 8<>"$work/sshd.fifo"
  exec 7<"$work/sshd.fifo"
  exec 8>&-
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    run_apart "$sshd" "${options[@]}" -p "$port" 2>"$work/sshd.fifo"
    while IFS= read -r -t 10 -u 7 line; do
      said+=$line$'\n'
      case $line in *"listening on 127.0.0.1 port $port."*) return ;; esac
    done
  done
  give_up 'sshd does not start'
}

# A real SOCKS proxy: ssh -D, through that sshd.
start_proxy() {
  cat >keys.conf <<END
User $user
IdentityFile "$work/client_key"
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile "$work/known_hosts"
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
BatchMode yes
LogLevel ERROR
END
  for _ in 1 2 3 4 5; do
    proxy_port=$(free_port)
    run_apart ssh -F keys.conf -N -D "127.0.0.1:$proxy_port" -o ExitOnForwardFailure=yes \
      -o HostKeyAlias=$machine -p "$port" 127.0.0.1 </dev/null
    proxy=$job
    while kill -0 "$proxy" 2>/dev/null; do
      ! listens "$proxy_port" || return 0
      sleep 0.05
    done
  done
  give_up 'ssh -D does not start'
}

write_files() {
  printf 'Include "%s"\n' "$HOME/byway.conf" "$HOME/keys.conf" >ssh.conf
  cat >"$XDG_CONFIG_HOME/byway/inventory.json" <<END
{
  "networks": {
    "cellar":   { "priority": 3000, "peers": {
      "$machine": { "host": "127.0.0.1", "port": $dead } } },
    "office":   { "priority": 2000, "technology": "socks", "socks": "127.0.0.1:$proxy_port", "peers": {
      "$machine": { "host": "localhost", "port": $port } } },
    "internet": { "priority": 1000, "peers": {
      "$machine": { "host": "127.0.0.1", "port": $port } } }
  }
}
END
}

# A port of loopback on which nobody listens now, below those that the kernel gives away.
free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)) && listens $port; do :; done
  echo $port
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# --- processes ---------------------------------------------------------------------------------------------------

# Starts a command in a process group of its own: Ctrl-C is for this script, which then ends the whole group.
run_apart() {
  set -m
  "$@" &
  set +m
  job=$!
}

# Ends a process group that run_apart started; returns when all of it is gone.
stop() {
  local signal
  for signal in TERM KILL; do
    for ((looks = 0; looks < 20; looks++)); do
      kill "-$signal" -- "-$1" 2>/dev/null || break 2
      sleep 0.05
    done
  done
  wait "$1" 2>/dev/null || true
}

clean_up() {
  local status=$? line
  trap '' HUP INT TERM
  set +e
  for job in $(jobs -p | sort -rn); do stop "$job"; done
  # what sshd started for its sessions ends with their clients, soon
  while IFS= read -r -t 5 -u 7 line; do said+=$line$'\n'; done 2>/dev/null
  cd /
  [ -z "$work" ] || rm -rf "$work"
  if [ "$status" -eq 0 ]; then
    printf '\nIt worked: ssh, scp and rsync, relayed and with the socket handed over.\n'
  elif [ "$status" -lt 128 ]; then
    printf '\n%s' "${said:+sshd said:$'\n'$said}" >&2
    echo "The demo failed." >&2
  fi
  exit "$status"
}

give_up() {
  echo "demo: $1" >&2
  exit 1
}

said=
main
