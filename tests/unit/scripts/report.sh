# shellcheck shell=bash disable=SC2154 # top, dir, is: set in run
# SPDX-License-Identifier: GPL-2.0
# What the report makes of logs, and the record of a full run. A part of run.

# reports DESCRIPTION EXPECTED: the report's last line on the log in the standard input,
# and its status.
reports() {
	local status=0 said
	cat > "$dir/run-x.ktap"
	said=$("$top/tests/lab/report" "$dir/run-x.ktap") || status=$?
	is "report: $1" "$2" "$(tail -n 1 <<< "$said"), status $status"
}

reports 'checks count, and not the scenarios that have them' '2 passed, 0 failed, status 0' << 'END'
KTAP version 1
1..1
# kernel 6.1.0, up for 9 s
  # Subtest: 00-smoke
  ok 1 one
  ok 2 two
  1..2
ok 1 00-smoke
END
reports 'a check that failed' '1 passed, 1 failed, status 1' << 'END'
1..1
  ok 1 one
  not ok 2 two
not ok 1 00-smoke
END
reports 'one that failed is not skipped by saying so' '0 passed, 1 failed, status 1' << 'END'
1..1
not ok 1 one # SKIP
END
reports 'one that is skipped has not passed' '0 passed, 0 failed, 1 skipped, status 1' << 'END'
1..1
ok 1 one # SKIP this kernel has none
END
reports 'a scenario that failed, though its checks did not' '1 passed, 1 failed, status 1' << 'END'
1..1
  ok 1 one
not ok 1 00-smoke
END
reports 'results that did not come' '1 passed, 1 failed, status 1' << 'END'
1..2
ok 1 one
END
reports 'no plan' '1 passed, 1 failed, status 1' << 'END'
ok 1 one
END
reports 'a guest that died' '1 passed, 1 failed, status 1' << 'END'
1..2
ok 1 one
Bail out! the guest's kernel panicked
END
reports 'an empty log' '0 passed, 1 failed, status 1' < /dev/null

# A copy, as a record is written beside it.
copy=$dir/copy
mkdir -p "$copy/tests/lab" "$dir/logs"
cp "$top/tests/record" "$copy/tests/"
cp "$top/tests/lab/report" "$copy/tests/lab/"
printf '%s\n' 'before' '<!-- kernels -->' '| old |' '<!-- end of kernels -->' 'after' > "$copy/README.md"
cat > "$copy/tests/lab/lab" << 'END'
#!/bin/bash
[ "$*" = 'version 5.10.0-30' ] && echo 5.10.0-30-cloud-amd64
END
chmod +x "$copy/tests/lab/lab"
for kernel in 6.1 5.10.0-30; do
	printf '1..1\nok 1 builds\n' > "$dir/logs/build-$kernel.ktap"
done
printf '%s\n' 1..2 '# kernel 6.1.0-9, up for 9 s' '  ok 1 one' '  ok 2 two # SKIP' 'ok 1 a' \
	'  not ok 1 one' '  # churned, for 9 s: reload, 3 rounds' 'not ok 2 b' > "$dir/logs/run-6.1.ktap"
printf '%s\n' 1..1 'ok 1 wire: 1000 inputs in 20 s' > "$dir/logs/fuzz.ktap"
git -C "$copy" init -q
"$copy/tests/record" check-all 0 61 'a1b2c3 and changes' "$dir"/logs/*.ktap > /dev/null 2>&1
is 'record: the counts of each log' \
	'build-5.10.0-30 - 1 of 1 1 0 0|build-6.1 - 1 of 1 1 0 0|fuzz - 1 of 1 1 0 0|run-6.1 6.1.0-9 1 of 2 1 1 1|all - - 4 1 1' \
	"$(sed -n '/^build/,/^all/p' "$copy/tests/runs/check-all.log" | tr -s ' ' | paste -sd '|')"
is 'record: how long, of what, and the inputs' \
	'61 minutes, commit a1b2c3 and changes ok wire: 1000 inputs in 20 s run-6.1: churned, for 9 s: reload, 3 rounds' \
	"$(sed -nE '2s/.*, (61 minutes) on .*(, commit)/\1\2/p; /^ok|churned/p' "$copy/tests/runs/check-all.log" | paste -sd ' ')"
is 'record: the table of kernels in the README' \
	"before <!-- kernels --> | kernel | built, W=1 | scenarios | checks: passed, failed, skipped | |---|---|---|---| | 5.10.0-30-cloud-amd64 | yes | - | - | | 6.1.0-9 | yes | 1 of 2 | 1, 1, 1 | <!-- end of kernels --> after" \
	"$(paste -sd ' ' "$copy/README.md")"

# A guest that died before it said anything
printf '%s\n' 'Bail out! it has not run' > "$dir/logs/run-5.10.0-30.ktap"
"$copy/tests/record" check-all 1 61 a1b2c3 "$dir"/logs/*.ktap > /dev/null 2>&1
is 'record: a run that did not pass' 'It has not passed: its status is 1.' \
	"$(sed -n 3p "$copy/tests/runs/check-all.log")"
is 'record: it leaves the table that there was' '| 5.10.0-30-cloud-amd64 | yes | - | - |' \
	"$(grep -F '| 5.10.0-30' "$copy/README.md" | tr -s ' ')"
cp "$copy/tests/runs/check-all.log" "$dir/whole"
"$copy/tests/record" check-all 0 61 a1b2c3 > /dev/null 2>&1
is 'record: without a log, the last one stays' '' "$(diff "$dir/whole" "$copy/tests/runs/check-all.log")"

is 'bench: knows the kernels that are run' \
	"there is no 9, only $("$top/tests/lab/lab" kernels | awk '$5 == "run" { print $1 }' | paste -sd ' ')" \
	"$("$top/tests/bench/bench" --kernels 9 2>&1 | sed -n 's/.* error: //p')"
