# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Every counter of the header has its name, and says what it means and what to do: the
# same in the tool and in espencap(7).  A part of run, behind fake.sh.
# shellcheck disable=SC2154 # dir, here, status: set there

# The names by their numbers, from 2 on, as the header has them.
sed -n '/^enum espencap_stat {/,/__ESPENCAP_STAT_MAX/s/^\tESPENCAP_STAT_\([A-Z0-9_]*\),$/\L\1/p' \
	"$here/../../../kmod/uapi/espencap.h" | awk 'NR > 2 { print $1, NR - 1 }' > "$dir/stats"
[ "$(wc -l < "$dir/stats")" -ge 26 ] && [ "$(head -n 1 "$dir/stats")" = 'rx_packets 2' ]
result $? 'the header has counters'

# Each with its number for its value
all=$(awk '{ printf "%s%s:%s", (NR > 1 ? "," : ""), $2, $2 }' "$dir/stats")
answer "port-get port=2797 format=1 stats=$all"
shows "2797 format bare
$(sed 's/^/    /' "$dir/stats")" -s port show

# explained: "NAME What it means and what to do.", a line each
explained() {
	awk '/^    [a-z_]+[0-9_]* [0-9]+$/ { if (text) print text; text = $1; next }
		/^        / { sub(/^ +/, ""); text = text " " $0 }
		END { if (text) print text }' "$dir/out"
}
faked -s --explain port show
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] && [ "$(grep -v '^        ' "$dir/out")" = \
	"2797 format bare
$(sed 's/^/    /' "$dir/stats")" ]
result $? '--explain leaves the counters as they are'
[ "$(awk 'length > 80' "$dir/out")" = '' ]
result $? '--explain keeps within 80 columns'
explained > "$dir/explained"
cut -d ' ' -f 1 "$dir/stats" | cmp -s - <(grep -E ' [A-Z].*\. [A-Z].*\.$' "$dir/explained" |
	cut -d ' ' -f 1)
result $? 'each counter is explained in two sentences or more'
cp "$dir/explained" "$dir/told"
faked -s -j --explain port
perl -MJSON::PP -e '
	my $port = decode_json(join "", <>)->[0];
	my ($stats, $explain) = @$port{qw(stats explain)};
	print "$_ $explain->{$_}{meaning} $explain->{$_}{action}\n"
		for sort { $stats->{$a} <=> $stats->{$b} } keys %$stats' \
	"$dir/out" | cmp -s - "$dir/told"
result $? '-j --explain says the same'
faked -s -o --explain port show
# shellcheck disable=SC1003 # one backslash
[ "$(wc -l < "$dir/out")" -eq 1 ] && tr '\\' '\n' < "$dir/out" > "$dir/err" &&
	mv "$dir/err" "$dir/out" && : > "$dir/err" && explained | cmp -s - "$dir/told"
result $? '-o --explain says it on one line'
faked -s -j port
! grep -q explain "$dir/out"
result $? '-j -s alone stays as it was'

# The section of the manual, a line for each counter
sed -n '/^\.SH COUNTERS/,/^\.SH [^C]/p' "$here/../../../userspace/espencap.7" |
	sed 's/\\-/-/g; s/\\&//g; s/^\.BR* \([a-z_]*\)$/\1/' |
	awk '/^\.TP/ { if (text) print text; text = ""; next }
		/^\./ { if (text) print text; text = "-"; next }
		text != "-" { text = text (text ? " " : "") $0 }
		END { if (text && text != "-") print text }' |
	grep -v '^-' > "$dir/out"
diff "$dir/told" "$dir/out" > "$dir/err"
status=$?
result $status 'espencap(7) explains each counter in the same words'

# One that only a newer module has
answer 'port-get port=2797 format=1 stats=99:1'
faked -s --explain port
[ "$status" -eq 0 ] && grep -q '^    unknown_99 1$' "$dir/out" &&
	grep -q '^        Only a newer module knows' "$dir/out"
result $? 'a counter that is not known is explained as such'
