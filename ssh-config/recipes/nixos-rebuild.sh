#!/bin/sh
# nixos-rebuild adds a ControlMaster with a socket of its own: byway's words are then in its log only
# (~/.local/state/byway/log). Where it evaluates for a machine of another name, --flake says which.
set -e
nixos-rebuild switch --flake .#my_cool_machine --target-host my_cool_machine
