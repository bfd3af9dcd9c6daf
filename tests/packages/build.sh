#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From a checkout to packages, on a gateway that has nothing to build with.
# shellcheck source=lib.sh
. /lab/packages/lib.sh

cp -r /lab/source "$checkout"
check_not 'there is no compiler' command -v gcc
check_not 'and no make' command -v make
check_eq 'the README has four commands, the last of them adds a port' \
	'espencapctl port add 2797' "$(command_of_readme '4,$')"
check 'make-deb says what it takes' \
	refuses '"apt build-dep ./scripts"' "$checkout/scripts/make-deb" "$checkout"
check "$(command_of_readme 1)" follow 1
check "$(command_of_readme 2)" follow 2
check 'two packages are in the checkout' [ "$(echo "$checkout"/*.deb | wc -w)" = 2 ]

plan_done
