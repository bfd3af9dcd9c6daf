#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A kernel that lets in no module without a signature that it trusts, and then no module
# at all: doctor says which it is.
#
#      a: a namespace, no wire
#
# This holds until the next boot, so that it comes last. Nothing after it can load
# the module.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"

readonly enforce=/sys/module/module/parameters/sig_enforce

# said DESCRIPTION ID TEXT
said() {
	local status=0
	espencapctl -j doctor > "$LAB_OUT/diagnosis" || status=$?
	check_eq "$1: $2" "$2 error 4" \
		"$(jq -r '.[] | "\(.id) \(.severity)"' "$LAB_OUT/diagnosis") $status"
	# shellcheck disable=SC2016 # jq has its own $text
	check "$1: $3" jq -e --arg text "$3" '.[0].about[0] | contains($text)' \
		"$LAB_OUT/diagnosis"
}

module_install
said 'nothing is enforced' module-not-loaded updates/espencap.ko
if [ -e $enforce ]; then
	echo 1 > $enforce
	said 'signatures are' module-refused 'has no signature, and module.sig_enforce is set'
	check_not 'and so it is' modprobe espencap
	check_exit 'the tool says so as well' 2 'Secure Boot' espencapctl port show
	# Somebody's: the kernel looks at what stands before these words.
	printf '~Module signature appended~\n' >> "$(modinfo -n espencap)"
	said 'it has a signature' module-needs-trust \
		'espencap.ko, and module.sig_enforce is set'
	check_not 'and nobody trusts it' modprobe espencap
	check 'where that is explained' jq -e \
		'.[0].do | contains("man espencap-secureboot")' "$LAB_OUT/diagnosis"
else
	lab_result 0 'signatures # SKIP this kernel knows none'
fi
echo 1 > /proc/sys/kernel/modules_disabled
said 'no module at all' module-refused 'kernel.modules_disabled is 1'

plan_done
