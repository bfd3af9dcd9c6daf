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

# Puts files in place. Starts nothing, loads nothing, enables nothing.
# Not modules_install: it wants the compressor that the kernel was built with,
# and a key to sign with, or complains.
install: all
	@vermagic=$$(modinfo -F vermagic '$(TOP)/espencap.ko') && \
	release=$${vermagic%% *} && set -x && \
	install -D -m 0644 '$(TOP)/espencap.ko' \
		"$(DESTDIR)/lib/modules/$$release/updates/espencap.ko" && \
	install -D -m 0755 '$(TOP)/userspace/espencapctl' \
		'$(DESTDIR)$(PREFIX)/sbin/espencapctl' && \
	install -D -m 0644 '$(TOP)/userspace/espencapctl.8' \
		'$(DESTDIR)$(PREFIX)/share/man/man8/espencapctl.8' && \
	install -D -m 0644 '$(TOP)/userspace/espencap.7' \
		'$(DESTDIR)$(PREFIX)/share/man/man7/espencap.7' && \
	install -D -m 0644 '$(TOP)/userspace/espencapctl.bash-completion' \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/espencapctl' && \
	install -D -m 0644 '$(TOP)/scripts/systemd/espencap.service' \
		'$(DESTDIR)$(PREFIX)/lib/systemd/system/espencap.service' && \
	install -D -m 0644 '$(TOP)/scripts/systemd/modules-load.conf' \
		'$(DESTDIR)$(PREFIX)/lib/modules-load.d/espencap.conf' && \
	$(if $(DESTDIR),:,depmod "$$release")

check-config:
	@'$(TOP)/scripts/check-config' '$(KDIR)'

# BENCH: kernels, to compare as well what packets cost on them with the budgets.
check:
	@BENCH='$(BENCH)' '$(TOP)/tests/check'

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

demo:
	@'$(TOP)/scripts/demo'

clean:
	$(MAKE) -C '$(TOP)/userspace' clean
	@if test -e '$(KDIR)/Makefile'; then \
		$(MAKE) -C '$(KDIR)' M='$(TOP)' clean; \
	fi

help:
	@echo 'make               build espencap.ko and userspace/espencapctl'
	@echo 'make module        build espencap.ko alone'
	@echo 'make tool          build userspace/espencapctl alone'
	@echo 'make install       build, and put it in place; starts nothing'
	@echo 'make check-config  name the kernel options that this kernel lacks'
	@echo 'make demo          two gateways and a NAT router, in a virtual machine'
	@echo 'make check         every test, in virtual machines'
	@echo 'make bench         what it costs, in instructions per packet; long'
	@echo 'make bench-check   some of it against budgets'
	@echo 'make clean         remove what was built'
	@echo
	@echo 'KDIR=DIR     build directory of the kernel, here $(KDIR)'
	@echo 'DESTDIR=DIR  install below this directory'
	@echo 'PREFIX=DIR   where the tool goes, here $(PREFIX)'
	@echo 'KERNELS=...  what to measure, 6.1 or 7 or both; tests/bench/README says more'

.PHONY: all module tool install check-config check bench bench-check demo clean help
