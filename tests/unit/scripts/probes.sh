# shellcheck shell=bash disable=SC2154 # top, dir, is: set in run
# SPDX-License-Identifier: GPL-2.0
# Kbuild's probes: a compiler says whether a kernel has something, and what else it says
# ends the build. A part of run.

# probed DESCRIPTION EXPECTED FILE: what the header has, or why there is none; the file is
# the standard input.
probed() {
	local header=$dir/probed.h
	cat > "$dir/$3"
	if "$top/kmod/probes/probe" 6.1 "$dir/$3" -- gcc -I"$dir" -Werror=implicit-function-declaration \
			> "$header" 2> "$dir/said"; then
		is "probes: $1" "$2" "$(grep -v '^/\* Kbuild' "$header")"
	else
		is "probes: $1" "$2" "$(sed -n "1s|$dir/||p" "$dir/said")"
	fi
}

probed 'what compiles is there' '#define ESPENCAP_HAVE_A_MEMBER' a_member.c << 'END'
// absent: no member named 'member'
struct s { int member; };
int probe(struct s *s) { return s->member; }
END
probed 'what fails as it may is not' '/* no a_member */' a_member.c << 'END'
// absent: no member named 'member'
struct s { int other; };
int probe(struct s *s) { return s->member; }
END
unexpected='espencap: a_member.c fails on 6.1 in a way that its line "absent" does not know:'
probed 'what fails in another way ends the build' "$unexpected" a_member.c << 'END'
// absent: no member named 'member'
struct s { int other; };
int probe(struct s *s) { return t->member; }
END
probed 'and so does what fails in both ways' "$unexpected" a_member.c << 'END'
// absent: no member named 'member'
struct s { int other; };
int probe(struct s *s) { return s->member + t->member; }
END
probed 'and a header that is not there' "$unexpected" a_member.c << 'END'
// absent: no member named 'member'
#include <net/no-such-header.h>
END
mkdir -p "$dir/linux" "$dir/net"
touch "$dir/linux/skbuff.h"
probed 'a header may be absent' '/* no net_gso_h */' net_gso_h.c < "$top/kmod/probes/net_gso_h.c"
echo 'no_type x;' > "$dir/net/gso.h"
probed 'one that has an error ends the build' \
	'espencap: net_gso_h.c fails on 6.1 in a way that its line "absent" does not know:' \
	net_gso_h.c < "$top/kmod/probes/net_gso_h.c"
probed 'and what does not say how it may fail' "$unexpected" a_member.c << 'END'
int probe(void) { return nothing; }
END
status=0
"$top/kmod/probes/probe" 6.1 "$dir/a_member.c" -- no-such-compiler > /dev/null 2>&1 || status=$?
is 'probes: and a compiler that is not there' 1 "$status"
for file in "$top"/kmod/probes/*.c; do
	name=$(basename "$file" .c)
	is "probes: compat.h asks for ${name^^}" yes \
		"$(! grep -q "ESPENCAP_HAVE_${name^^}$" "$top/kmod/compat.h" || echo yes)"
done
is 'probes: and for nothing else' "$(basename -s .c "$top"/kmod/probes/*.c | sort | paste -sd ' ')" \
	"$(grep -ho 'ESPENCAP_HAVE_[A-Z0-9_]*$' "$top/kmod/compat.h" | sort -u |
		sed 's/ESPENCAP_HAVE_//; s/.*/\L&/' | paste -sd ' ')"
