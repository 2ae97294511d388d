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
