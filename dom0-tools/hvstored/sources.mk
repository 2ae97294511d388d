# SPDX-License-Identifier: GPL-2.0-or-later
#
# hvstored, the XenStore daemon.  All but hypervisor.c and main.c is the core, which tests link
# with a hypervisor of their own.

HVSTORED_CORE = \
	dom0-tools/hvstored/bytes.c dom0-tools/hvstored/bytes.h \
	dom0-tools/hvstored/change.c dom0-tools/hvstored/change.h \
	dom0-tools/hvstored/client.c dom0-tools/hvstored/client.h \
	dom0-tools/hvstored/connection.c dom0-tools/hvstored/connection.h \
	dom0-tools/hvstored/domain.c dom0-tools/hvstored/domain.h \
	dom0-tools/hvstored/hypervisor.h \
	dom0-tools/hvstored/journal.c dom0-tools/hvstored/journal.h \
	dom0-tools/hvstored/life.c dom0-tools/hvstored/life.h \
	dom0-tools/hvstored/log.c dom0-tools/hvstored/log.h \
	dom0-tools/hvstored/path.c dom0-tools/hvstored/path.h \
	dom0-tools/hvstored/pathset.c dom0-tools/hvstored/pathset.h \
	dom0-tools/hvstored/perms.c dom0-tools/hvstored/perms.h \
	dom0-tools/hvstored/quota.c dom0-tools/hvstored/quota.h \
	dom0-tools/hvstored/request.c dom0-tools/hvstored/request.h \
	dom0-tools/hvstored/request_control.c dom0-tools/hvstored/request_domain.c \
	dom0-tools/hvstored/request_read.c dom0-tools/hvstored/request_watch.c \
	dom0-tools/hvstored/request_write.c \
	dom0-tools/hvstored/ring.c dom0-tools/hvstored/ring.h \
	dom0-tools/hvstored/server.c dom0-tools/hvstored/server.h \
	dom0-tools/hvstored/slot.c dom0-tools/hvstored/slot.h \
	dom0-tools/hvstored/state.c dom0-tools/hvstored/state.h \
	dom0-tools/hvstored/state_save.c \
	dom0-tools/hvstored/store.c dom0-tools/hvstored/store.h \
	dom0-tools/hvstored/transaction.c dom0-tools/hvstored/transaction.h \
	dom0-tools/hvstored/tree.c dom0-tools/hvstored/tree.h \
	dom0-tools/hvstored/watch.c dom0-tools/hvstored/watch.h
HVSTORED_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include -D__XEN_TOOLS__ \
	-DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'

hvstoreddir = $(sbindir)
hvstored_PROGRAMS = dom0-tools/hvstored/hvstored
dom0_tools_hvstored_hvstored_SOURCES = $(HVSTORED_CORE) \
	dom0-tools/hvstored/hypervisor.c dom0-tools/hvstored/main.c
dom0_tools_hvstored_hvstored_CPPFLAGS = $(HVSTORED_CPPFLAGS)

hvstoredmandir = $(mandir)/man8
dist_hvstoredman_DATA = dom0-tools/hvstored/hvstored.8

hvstoredunitdir = $(prefix)/lib/systemd/system
dist_hvstoredunit_DATA = dom0-tools/hvstored/hvstored.service
