#!/bin/sh
# Ansible runs ssh: the inventory's names are the machines' names, with neither ansible_host nor
# ansible_port. Its ConnectTimeout of 10 s is too short for tor: ANSIBLE_TIMEOUT=90.
set -e
ANSIBLE_TIMEOUT=90 ansible all -i my_cool_machine, -m ping
