#!/bin/sh
# scp: nothing but the machine's name.
set -e
scp letter.txt my_cool_machine:letter.txt
scp my_cool_machine:letter.txt back.txt
