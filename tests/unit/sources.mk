# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests: the hypervisor's pure files, compiled for the host with sanitizers.  Each is a program of its own.
EXTRA_DIST +=

UNIT_CPPFLAGS = -I$(srcdir)/hypervisor -I$(srcdir)/guest-pv-headers/include -I$(srcdir)/tests/unit \
	-D__XEN__ -D__XEN_TOOLS__
UNIT_CFLAGS = $(AM_CFLAGS) -g -fsanitize=address,undefined -fno-sanitize-recover=all

UNIT_TESTS = tests/unit/event_bits tests/unit/grant_claim tests/unit/sched_policy
check_PROGRAMS += $(UNIT_TESTS)

tests_unit_event_bits_SOURCES = tests/unit/event_bits.c tests/unit/unit.h hypervisor/event/bits.c
tests_unit_event_bits_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_event_bits_CFLAGS = $(UNIT_CFLAGS)
tests_unit_event_bits_LDADD = -lpthread

tests_unit_grant_claim_SOURCES = tests/unit/grant_claim.c tests/unit/unit.h hypervisor/grant/claim.c
tests_unit_grant_claim_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_grant_claim_CFLAGS = $(UNIT_CFLAGS)
tests_unit_grant_claim_LDADD = -lpthread

tests_unit_sched_policy_SOURCES = tests/unit/sched_policy.c tests/unit/unit.h \
	hypervisor/dom/sched_policy.c
tests_unit_sched_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_sched_policy_CFLAGS = $(UNIT_CFLAGS)
