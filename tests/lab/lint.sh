# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# Static analysis: tests/lint/run in a root that has sparse, clang and others, and the
# kernel's headers.

# lint_run OUT: leaves the results in OUT/lint.ktap.
lint_run() {
	local log=$1/lint.ktap src=$1/.lint root version
	root=$(root_get lint)
	version=$(kernel_newest 6.1 "$root/root/lib/modules/")
	rm -rf "$src"
	mkdir -p "$src"
	"$top/scripts/sources" | tar -C "$top" --null -T - -cf - | tar -C "$src" -xf -
	as_root unshare --mount --net --pid --fork --kill-child \
		bash "$lab/lint-make" "$root/root" "$src" "$version" > "$log" 2>&1 < /dev/null || true
	rm -rf "$src"
	vm_prefix lint < "$log"
	grep -q '^1\.\.' "$log" && ! grep -q '^not ok' "$log"
}
