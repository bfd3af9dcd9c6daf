# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Files that are written and read, signals, and messages that are not the kernel's. A part
# of run, behind fake.sh, which has the functions.
# shellcheck disable=SC2154 # dir, status, module, ports, peers, dumps: set there

# Only the kernel is believed
answer 'forged port-get port=1 format=1' 'port-get port=2 format=1' 'forged port-get port=3 format=1'
shows '2 format bare' port
answer 'forged error 0' 'error 22 A sentence.'
faked port set 2797 learn on
[ "$status" -eq 2 ] && grep -qxF 'espencapctl: port 2797: A sentence.' "$dir/err"
result $? 'port set: what another sender says does not end it'
answer 'forged event event=3 port=1' 'forged gone 29' 'event event=3 port=2' 'signal 2'
reports 'port 2 deleted' monitor
