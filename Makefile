# SPDX-License-Identifier: GPL-2.0
# make               espencap.ko for the running kernel, and espencapctl
# make KDIR=...      the same for the kernel whose build directory that is
# make help          everything else

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DESTDIR ?=

# Not $(CURDIR) but where this file is: make may be called with -f.
TOP := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

all: module tool

module:
	@test -e '$(KDIR)/Makefile' || { \
		echo "There are no kernel headers in $(KDIR):" \
		"install linux-headers-$$(uname -r), or name others with KDIR=." >&2; \
		exit 1; }
	$(MAKE) -C '$(KDIR)' M='$(TOP)' modules

tool:
	$(MAKE) -C '$(TOP)/userspace'

# The tool's files: mode, source, and place below PREFIX.
tool_files := \
	0755:userspace/espencapctl:sbin/espencapctl \
	0644:userspace/espencapctl.8:share/man/man8/espencapctl.8 \
	0644:userspace/espencap.7:share/man/man7/espencap.7 \
	0644:userspace/espencap-secureboot.7:share/man/man7/espencap-secureboot.7 \
	0644:userspace/espencapctl.bash-completion:share/bash-completion/completions/espencapctl \
	0644:userspace/espencap.yaml:share/espencap/espencap.yaml \
	0644:scripts/systemd/espencap.service:lib/systemd/system/espencap.service \
	0644:scripts/systemd/modules-load.conf:lib/modules-load.d/espencap.conf

part = $(word $(1),$(subst :, ,$(2)))

# Puts files in place. Starts nothing, loads nothing, enables nothing.
install: install-module install-tool

# Not modules_install: it wants the compressor that the kernel was built with,
# and a key to sign with, or complains.
install-module: without-packages module
	@vermagic=$$(modinfo -F vermagic '$(TOP)/espencap.ko') && \
	release=$${vermagic%% *} && set -x && \
	install -D -m 0644 '$(TOP)/espencap.ko' \
		"$(DESTDIR)/lib/modules/$$release/updates/espencap.ko" && \
	$(if $(DESTDIR),:,depmod "$$release")

install-tool: without-packages tool
	@set -x$(foreach file,$(tool_files), && \
	install -D -m $(call part,1,$(file)) '$(TOP)/$(call part,2,$(file))' \
		'$(DESTDIR)$(PREFIX)/$(call part,3,$(file))')

# One module is enough for a kernel, and a tool that is older may come first. DKMS
# compresses where the kernel has compressed modules.
without-packages:
	@packaged=$$(ls '$(DESTDIR)'/lib/modules/*/updates/dkms/espencap.ko* 2> /dev/null; \
		grep -sx /usr/sbin/espencapctl '$(DESTDIR)/var/lib/dpkg/info/espencap.list'); \
	test -z "$$packaged" || { \
		echo make install: there is $$packaged, from a package: \
			'"apt remove espencap espencap-dkms" makes room.' >&2; \
		exit 1; }

# Takes away what install has put in place.
uninstall:
	@'$(TOP)/scripts/uninstall' '$(DESTDIR)' '$(PREFIX)' \
		$(foreach file,$(tool_files),$(call part,3,$(file)))

# The Debian packages, beside this file or in OUT.
deb:
	@'$(TOP)/scripts/make-deb' '$(or $(OUT),$(TOP))'

check-config:
	@'$(TOP)/scripts/check-config' '$(KDIR)'

# BENCH: kernels, to compare as well what packets cost on them with the budgets.
check:
	@BENCH='$(BENCH)' '$(TOP)/tests/check'

# Everything, which takes one to three hours; the records are in tests/runs, and the table
# of kernels in README.md. SECONDS, to fuzz each target, and MUTANTS, some of them: then there
# is no record. LOGS: the folder of a check-debug, or of mutants, that were interrupted and
# go on.
check-all check-debug fuzz-long mutants:
	@BENCH='$(or $(BENCH),7)' FUZZ_SECONDS='$(SECONDS)' MUTANTS='$(MUTANTS)' LOGS='$(LOGS)' \
		'$(TOP)/tests/full' $@

kernels:
	@sed '1,/^<!-- kernels -->$$/d;/^<!-- end of kernels -->$$/,$$d' '$(TOP)/README.md'

# KERNELS, VARIANTS, PARTS: some of them, for example KERNELS=7. LOGS: a folder for the
# logs, from which a run that was interrupted goes on.
choice = $(if $($(1)),--$(2) '$($(1))')

bench:
	@'$(TOP)/scripts/setup'
	@'$(TOP)/tests/bench/bench' -o '$(TOP)/tests/bench/results' \
		$(call choice,KERNELS,kernels) $(call choice,VARIANTS,variants) \
		$(call choice,PARTS,parts) $(if $(LOGS),-l '$(LOGS)')
	@'$(TOP)/tests/bench/throughput' -o '$(TOP)/tests/bench/results' \
		$(call choice,KERNELS,kernels)

bench-check:
	@'$(TOP)/scripts/setup'
	@'$(TOP)/tests/bench/check' $(or $(KERNELS),7)

lint:
	@'$(TOP)/scripts/setup'
	@'$(TOP)/tests/lab/lab' lint

demo:
	@'$(TOP)/scripts/demo'

clean:
	$(MAKE) -C '$(TOP)/userspace' clean
	$(RM) '$(TOP)'/espencap*.deb
	@if test -e '$(KDIR)/Makefile'; then \
		$(MAKE) -C '$(KDIR)' M='$(TOP)' clean; \
	fi

help:
	@echo 'make               build espencap.ko and userspace/espencapctl'
	@echo 'make module        build espencap.ko alone'
	@echo 'make tool          build userspace/espencapctl alone'
	@echo 'make install       build, and put it in place; starts nothing'
	@echo 'make uninstall     take away what install has put there'
	@echo 'make deb           Debian packages, espencap*.deb'
	@echo 'make check-config  name the kernel options that this kernel lacks'
	@echo 'make demo          two gateways and a NAT router, in a virtual machine'
	@echo 'make check         unit tests, lint, builds and scenarios, in virtual machines'
	@echo 'make check-all     these on all kernels, packages, boots with systemd, and bench-check'
	@echo 'make check-debug   all scenarios on a kernel that checks itself, and for longer'
	@echo 'make kernels       the kernels of the last check-all, and what it found'
	@echo 'make lint          static analysis of all sources'
	@echo 'make fuzz-long     libFuzzer on each target in user space, for an hour'
	@echo 'make mutants       breaks the code in many ways: does a test see each of them?'
	@echo 'make bench         what it costs, in instructions per packet; long'
	@echo 'make bench-check   some of it against budgets'
	@echo 'make clean         remove what was built'
	@echo
	@echo 'KDIR=DIR     build directory of the kernel, here $(KDIR)'
	@echo 'DESTDIR=DIR  install below this directory'
	@echo 'PREFIX=DIR   where the tool goes, here $(PREFIX)'
	@echo 'OUT=DIR      where the packages go, here $(or $(OUT),$(TOP))'
	@echo 'KERNELS=...  what to measure, 6.1 or 7 or both; tests/bench/README says more'

.PHONY: all module tool install install-module install-tool without-packages uninstall deb check-config check check-all check-debug kernels bench bench-check lint fuzz-long mutants demo clean help
