# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# Boots a guest and runs scenarios in it.
#
# The guest has no network and three disks: the suite's own (writes to it are
# thrown away), a tar with this run's files, and one for what failed scenarios
# leave behind.  Results come out of its second serial port as KTAP; the first
# one is the kernel's console.
#
# KVM is not used: where it exists but does not work (virtual machines within
# virtual machines), guests hang instead of failing, and software emulation
# boots in a few seconds and behaves alike everywhere.

# Time for the boot and the end, beyond the scenarios' own limits.
readonly boot_limit=180
# A scenario's limit unless it has a line "# time limit: N s".
readonly scenario_limit=300

vm_prefix() {
	sed -u "s/^/[$1] /"
}

# Prints the files of the scenarios that were named, or of all.
scenario_files() {
	local name
	if [ $# = 0 ]; then
		find "$top/tests/scenarios" -maxdepth 1 -name '[0-9]*.sh' | sort
		return
	fi
	for name; do
		if [ -f "$top/tests/scenarios/$name.sh" ]; then
			echo "$top/tests/scenarios/$name.sh"
		elif [ -n "$with" ] && [ -f "$with/$name.sh" ]; then
			echo "$with/$name.sh"
		elif [ -f "$name" ]; then
			readlink -f "$name"
		else
			die "there is no scenario '$name' in tests/scenarios"
		fi
	done
}

# vm_run yes|no OUT KERNEL [SCENARIO...]: with or without the module.
vm_run() {
	local module=$1 out=$2 kernel=$3 root built='' files limit
	shift 3
	files=$(scenario_files "$@")
	[ -n "$files" ] || die "there are no scenarios in tests/scenarios"
	root=$(kernel_guest "$kernel")
	if [ "$module" = yes ]; then
		build_report "$kernel" "$out"
		built=$(build_get "$kernel")
	fi
	limit=$(vm_payload "$out/.payload-$kernel" "$files" "$kernel" "$built")
	vm_boot "$kernel" "$root" "$out" "$limit"
}

# vm_payload DIR FILES KERNEL BUILT: makes DIR.tar, the files of this run, and prints
# the time limit of the run in seconds.
vm_payload() {
	local dir=$1 kernel=$3 built=$4 file limit sum=$boot_limit
	payload_begin "$dir" init
	mkdir -p "$dir/bin" "$dir/module"
	# What is said of the module, to be compared with it.
	cp "$top/userspace/"espencap.{7,yaml} "$dir/scenarios/"
	while read -r file; do
		cp "$file" "$dir/scenarios/"
		limit=$(time_limit "$file" $scenario_limit "$kernel")
		sum=$((sum + limit))
		echo "$(basename "$file" .sh) $limit" >> "$dir/plan"
	done <<< "$2"
	if [ -n "$built" ]; then
		cp "$built"/*.ko "$dir/module/"
		cp "$built/"{espencapctl,fuzz-packets,fuzz-netlink} "$dir/bin/"
	fi
	payload_end "$dir"
	echo "$sum"
}

# time_limit FILE DEFAULT KERNEL: in seconds.
time_limit() {
	local limit use slow=1
	limit=$(sed -n 's/^# time limit: \([0-9]*\) s$/\1/p' "$1")
	use=$(kernel_field "$3" 5)
	# A kernel that checks itself takes its time.
	[ "$use" != ask ] || slow=5
	echo $((${limit:-$2} * slow))
}

# payload_begin DIR BEGIN: what every payload has. BEGIN, of guest/, is what the guest
# runs first.
payload_begin() {
	local dir=$1
	rm -rf "$dir" "$dir.tar"
	mkdir -p "$dir"
	cp -r "$lab/guest" "$top/scripts" "$dir/"
	ln -s "guest/$2" "$dir/begin"
	# All of them: a scenario may have files beside it.
	cp -r "$top/tests/scenarios" "$dir/scenarios"
	[ -z "$with" ] || cp -r "$with/." "$dir/scenarios/"
	[ "${#environment[@]}" = 0 ] ||
		printf 'export %q\n' "${environment[@]}" > "$dir/environment"
}

# payload_end DIR: becomes DIR.tar.
payload_end() {
	tar --owner=0 --group=0 -C "$1" -cf "$1.tar" .
	rm -rf "$1"
}

# panic, oops: a broken kernel ends the run.  mitigations=off, lsm, init_on_alloc: they
# slow the emulation down and change nothing here; and memory that is not cleared
# by chance shows who forgets to.  norandmaps: QEMU translates a program's code anew for
# each address that it is at, so that to start one takes four times as long.  log_buf_len:
# no message gets lost.  maxcpus: the second CPU comes when a scenario wants it, and not
# while the kernel patches itself (see keep_patched() in guest/init).
readonly kernel_arguments='console=ttyS0 quiet root=/dev/vda rw rootfstype=ext4
panic=-1 oops=panic mitigations=off tsc=reliable lsm=capability
init_on_alloc=0 norandmaps maxcpus=1 noresume fsck.mode=skip log_buf_len=4M printk.devkmsg=on'

# How the guest's CPUs run: two of them as fast as they can, or one by one.  QEMU repeats
# an instruction byte by byte, and what may touch user space (smap) ends its translation:
# without the former two, and rep_good (112), a kernel clears and copies its pages word by
# word, and to start a program costs a seventh less.
readonly -A machines=(
	[fast]='-accel tcg,thread=multi -smp 2 -cpu max,la57=off,-erms,-fsrm,-smap'
	[counting]='-accel tcg,thread=single -icount shift=0,sleep=off,align=off -smp 1
		-cpu max,la57=off'
)
readonly -A cpu_arguments=([fast]='clearcpuid=112' [counting]='')

# vm_boot KERNEL ROOT OUT LIMIT
vm_boot() {
	local kernel=$1 root=$2 out=$3 limit=$4 status=0
	local log=$out/run-$kernel
	vm_clear "$log"
	vm_power_on "$kernel" "$log" "$root" "$root/disk.img,format=raw,snapshot=on" \
		"$out/.payload-$kernel.tar" "$limit" init=/sbin/lab-init || status=$?
	vm_verdict "$kernel" "$log" '# end of the run' "$status" "$limit"
}

# vm_clear LOG: away with what an earlier run has left.
vm_clear() {
	rm -rf "$1.ktap" "$1.console" "$1.left"
}

# vm_power_on KERNEL LOG ROOT DISK PAYLOAD LIMIT ARGUMENTS: until the guest powers
# itself off. Adds to LOG.ktap, LOG.console and LOG.left. The payload is gone then.
vm_power_on() {
	local kernel=$1 log=$2 root=$3 disk=$4 payload=$5 limit=$6 status=0
	local arguments="${kernel_arguments//$'\n'/ } ${cpu_arguments[$machine]} $7"
	local cpus use version
	use=$(kernel_field "$kernel" 5)
	# One that checks itself does not go on after a warning, and is slow, not hung, for longer
	# than the two minutes that others are given: as its limits are longer.
	[ "$use" != ask ] ||
		arguments+=' panic_on_warn=1 sysctl.kernel.hung_task_timeout_secs=600'
	version=$(kernel_newest "$kernel" "$root/vmlinuz-")
	read -r -d '' -a cpus <<< "${machines[$machine]}" || true
	truncate -s 256M "$log.left.img"
	# setpriv: a guest does not outlive this script, however it ends.
	setpriv --pdeathsig TERM \
		timeout --foreground -k 5 "$limit" \
		qemu-system-x86_64 -nodefaults -M q35 "${cpus[@]}" \
		-m 2048 -nic none -display none -no-reboot \
		-kernel "$root/vmlinuz-$version" -initrd "$root/initrd.img-$version" \
		-append "$arguments" \
		-drive "file=$disk,if=virtio" \
		-drive "file=$payload,if=virtio,format=raw,readonly=on" \
		-drive "file=$log.left.img,if=virtio,format=raw" \
		-monitor "$monitor" \
		-chardev "file,id=console,path=$log.console,append=on" \
		-serial chardev:console -serial stdio < /dev/null |
		tee -a "$log.ktap" | vm_prefix "$kernel" || status=$?
	vm_left "$log.left"
	rm -f "$payload"
	return "$status"
}

# Unpacks what the guest left on its third disk: a tar, or nothing.
vm_left() {
	local first
	first=$(head -c 1 "$1.img" | tr -d '\0')
	if [ -n "$first" ]; then
		mkdir -p "$1"
		tar -C "$1" -xf "$1.img"
		say "what failed scenarios left behind is in $1"
	fi
	rm -f "$1.img"
}

# vm_verdict KERNEL LOG END STATUS LIMIT: says why a guest that did not come to the
# line that begins with END ended; such a run, or one with a "not ok", fails.
vm_verdict() {
	local kernel=$1 log=$2 end=$3 status=$4 limit=$5 why=''
	if ! grep -q "^$end" "$log.ktap"; then
		case $status in
		0) why='the guest ended before the end of its plan' ;;
		124|137) why="the guest did not end within $limit s and was stopped" ;;
		*) why="QEMU ended with status $status" ;;
		esac
		if grep -q 'Kernel panic' "$log.console"; then
			why="the guest's kernel panicked: $(tr -d '\r' < "$log.console" |
				grep -m 1 -oE '(BUG|WARNING|KASAN|UBSAN|Oops|Kernel panic).*')"
		fi
		{
			echo "Bail out! $why"
			tail -n 60 "$log.console" | tr -d '\r' | sed 's/^/# /'
		} | tee -a "$log.ktap" | vm_prefix "$kernel"
	fi
	[ -z "$why" ] && ! grep -q '^not ok' "$log.ktap"
}
