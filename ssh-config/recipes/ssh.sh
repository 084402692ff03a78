#!/bin/sh
# ssh by the machine's name, once `byway ssh-config --install` has been run.
set -e
ssh my_cool_machine uname -s
