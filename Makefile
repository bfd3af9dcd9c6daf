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
	$(if $(DESTDIR),:,depmod "$$release")

check-config:
	@'$(TOP)/scripts/check-config' '$(KDIR)'

check:
	@'$(TOP)/tests/check'

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
	@echo 'make install       build, and put both in place; starts nothing'
	@echo 'make check-config  name the kernel options that this kernel lacks'
	@echo 'make demo          two gateways and a NAT router, in a virtual machine'
	@echo 'make check         every test, in virtual machines'
	@echo 'make clean         remove what was built'
	@echo
	@echo 'KDIR=DIR     build directory of the kernel, here $(KDIR)'
	@echo 'DESTDIR=DIR  install below this directory'
	@echo 'PREFIX=DIR   where the tool goes, here $(PREFIX)'

.PHONY: all module tool install check-config check demo clean help
