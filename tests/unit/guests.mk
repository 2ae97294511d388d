# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of guest-pv-headers: what in pv/ is more than names, and parts of libpvguest.
UNIT_TESTS_OF_GUESTS = tests/unit/guest_ring tests/unit/guest_ring_peer tests/unit/guest_p2m
check_PROGRAMS += $(UNIT_TESTS_OF_GUESTS)
GUEST_UNIT_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include -I$(srcdir)/tests/unit

tests_unit_guest_ring_SOURCES = tests/unit/guest_ring.c tests/unit/guest_ring.h tests/unit/unit.h
tests_unit_guest_ring_CPPFLAGS = -D__XEN_INTERFACE_VERSION__=0x00040e00 $(GUEST_UNIT_CPPFLAGS)
tests_unit_guest_ring_CFLAGS = $(UNIT_CFLAGS)
tests_unit_guest_ring_LDADD = -lpthread
tests_unit_guest_ring_peer_SOURCES = tests/unit/guest_ring_peer.c tests/unit/guest_ring.h \
	tests/unit/unit.h
tests_unit_guest_ring_peer_CPPFLAGS = -D__XEN_INTERFACE_VERSION__=0x00040e00 $(GUEST_UNIT_CPPFLAGS)
tests_unit_guest_ring_peer_CFLAGS = $(UNIT_CFLAGS)
tests_unit_guest_p2m_SOURCES = tests/unit/guest_p2m.c tests/unit/unit.h
tests_unit_guest_p2m_CPPFLAGS = -D__XEN_INTERFACE_VERSION__=0x00040e00 $(GUEST_UNIT_CPPFLAGS)
tests_unit_guest_p2m_CFLAGS = $(UNIT_CFLAGS)
tests_unit_guest_p2m_LDADD = -lpthread

# libpvguest's own files on a fake machine.
UNIT_TESTS_OF_PVGUEST = tests/unit/guest_store tests/unit/guest_block tests/unit/guest_net
check_PROGRAMS += $(UNIT_TESTS_OF_PVGUEST)
PVGUEST_UNIT_CPPFLAGS = -DPV_HYPERCALL_EXTERN $(GUEST_UNIT_CPPFLAGS)
PVGUEST_UNIT_SOURCES = tests/unit/guest_machine.c tests/unit/guest_machine.h \
	tests/unit/guest_machine_store.c tests/unit/unit.h guest-pv-headers/libpvguest/block.c \
	guest-pv-headers/libpvguest/bus.c guest-pv-headers/libpvguest/format.c \
	guest-pv-headers/libpvguest/grant.c guest-pv-headers/libpvguest/internal.h \
	guest-pv-headers/libpvguest/net.c guest-pv-headers/libpvguest/store.c

tests_unit_guest_store_SOURCES = tests/unit/guest_store.c $(PVGUEST_UNIT_SOURCES)
tests_unit_guest_store_CPPFLAGS = $(PVGUEST_UNIT_CPPFLAGS)
tests_unit_guest_store_CFLAGS = $(UNIT_CFLAGS)
tests_unit_guest_block_SOURCES = tests/unit/guest_block.c $(PVGUEST_UNIT_SOURCES)
tests_unit_guest_block_CPPFLAGS = $(PVGUEST_UNIT_CPPFLAGS)
tests_unit_guest_block_CFLAGS = $(UNIT_CFLAGS)
tests_unit_guest_net_SOURCES = tests/unit/guest_net.c $(PVGUEST_UNIT_SOURCES)
tests_unit_guest_net_CPPFLAGS = $(PVGUEST_UNIT_CPPFLAGS)
tests_unit_guest_net_CFLAGS = $(UNIT_CFLAGS)
