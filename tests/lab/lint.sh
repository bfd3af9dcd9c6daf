# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# Static analysis and fuzzing in user space: tests/lint/run and tests/fuzz/run, in a root
# that has sparse, clang and others, and the kernel's headers.

# lint_in ROOT LOG FOLDER COMMAND...: runs it there, within a copy of the sources, which
# is FOLDER here and /build there; it prints KTAP.
lint_in() {
	local root=$1 log=$2 src=$3 name status=0
	shift 3
	name=${log##*/}
	rm -rf "$src"
	mkdir -p "$src"
	"$top/scripts/sources" | tar -C "$top" --null -T - -cf - | tar -C "$src" -xf -
	as_root unshare --mount --net --pid --fork --kill-child \
		bash "$lab/lint-make" "$root/root" "$src" "$@" > "$log" 2>&1 < /dev/null || status=$?
	vm_prefix "${name%.ktap}" < "$log"
	[ $status = 0 ] && grep -q '^1\.\.' "$log" && ! grep -qE '^(not ok|Bail out!)' "$log"
}

# lint_run OUT: leaves the results in OUT/lint.ktap.
lint_run() {
	local root version status=0
	root=$(root_get lint)
	version=$(kernel_newest 6.1 "$root/root/lib/modules/")
	lint_in "$root" "$1/lint.ktap" "$1/.lint" /build/tests/lint/run /build "$version" ||
		status=$?
	rm -rf "$1/.lint"
	return $status
}

# fuzz_run OUT SECONDS: leaves the results in OUT/fuzz.ktap, what crashes and better
# corpora in OUT/fuzz.
fuzz_run() {
	local root status=0
	root=$(root_get lint)
	lint_in "$root" "$1/fuzz.ktap" "$1/.fuzz" env FUZZ_OUT=/build/tests/fuzz \
		/build/tests/fuzz/run "$2" || status=$?
	rm -rf "$1/fuzz"
	mkdir -p "$1/fuzz"
	find "$1/.fuzz/tests/fuzz" -maxdepth 1 -type f \
		\( -name '*-*' -o -name '*.base64' -o -name '*.log' \) -exec cp {} "$1/fuzz/" \;
	rm -rf "$1/.fuzz"
	return $status
}
