# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the README tells an operator to do, in the checkout of a gateway. A script sources
# this file after lib.sh.

readonly checkout=/root/espencap

# command_of_readme N: the Nth of its commands for a gateway, without its comment.
command_of_readme() {
	sed -n '/^## On a real gateway$/,/^## /p' "$checkout/README.md" |
		awk '/^    / && !over { print; seen = 1; next } seen { over = 1 }' |
		sed -n "$1{s/^    //;s/ *#.*//;p}"
}

# follow N: does it.
follow() {
	(cd "$checkout" && bash -ec "$(command_of_readme "$1")")
}
