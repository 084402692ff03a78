#!/bin/sh
# The older program, which many tools call.
set -e
nix-copy-closure --to my_cool_machine ./result
