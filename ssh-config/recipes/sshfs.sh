#!/bin/sh
# sshfs runs ssh. `reconnect` has it come again, by whatever network there is then.
set -e
mkdir -p mnt
sshfs -o reconnect -o ServerAliveInterval=15 my_cool_machine: mnt
cp letter.txt mnt/by-sshfs.txt
fusermount3 -u mnt
