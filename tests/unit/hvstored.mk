# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of hvstored: its core, compiled once with sanitizers, on a fake hypervisor.

UNIT_TESTS_OF_HVSTORED = tests/unit/hvstored_memory tests/unit/hvstored_model tests/unit/hvstored_requests \
	tests/unit/hvstored_restart tests/unit/hvstored_ring tests/unit/hvstored_transactions tests/unit/hvstored_watches
check_PROGRAMS += $(UNIT_TESTS_OF_HVSTORED)

HVSTORED_TEST_CPPFLAGS = $(HVSTORED_CPPFLAGS) -I$(srcdir) -I$(srcdir)/tests/unit
HVSTORED_TEST_CFLAGS = $(AM_CFLAGS) -g -fsanitize=address,undefined -fno-sanitize-recover=all
HVSTORED_FAKE = tests/store/fake.c tests/store/fake.h tests/store/guest.c tests/store/guest.h

EXTRA_LIBRARIES += tests/unit/libhvstored.a
tests_unit_libhvstored_a_SOURCES = $(HVSTORED_CORE) $(HVSTORED_FAKE) \
	tests/unit/hvstored_machine.c tests/unit/hvstored_machine.h tests/unit/unit.h
tests_unit_libhvstored_a_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_libhvstored_a_CFLAGS = $(HVSTORED_TEST_CFLAGS)

tests_unit_hvstored_memory_SOURCES = tests/unit/hvstored_memory.c
tests_unit_hvstored_memory_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_memory_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_memory_LDADD = tests/unit/libhvstored.a

tests_unit_hvstored_model_SOURCES = tests/unit/hvstored_model.c
tests_unit_hvstored_model_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_model_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_model_LDADD = tests/unit/libhvstored.a

tests_unit_hvstored_requests_SOURCES = tests/unit/hvstored_requests.c
tests_unit_hvstored_requests_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_requests_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_requests_LDADD = tests/unit/libhvstored.a

tests_unit_hvstored_restart_SOURCES = tests/unit/hvstored_restart.c
tests_unit_hvstored_restart_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_restart_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_restart_LDADD = tests/unit/libhvstored.a

tests_unit_hvstored_ring_SOURCES = tests/unit/hvstored_ring.c
tests_unit_hvstored_ring_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_ring_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_ring_LDADD = tests/unit/libhvstored.a

tests_unit_hvstored_transactions_SOURCES = tests/unit/hvstored_transactions.c
tests_unit_hvstored_transactions_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_transactions_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_transactions_LDADD = tests/unit/libhvstored.a

tests_unit_hvstored_watches_SOURCES = tests/unit/hvstored_watches.c
tests_unit_hvstored_watches_CPPFLAGS = $(HVSTORED_TEST_CPPFLAGS)
tests_unit_hvstored_watches_CFLAGS = $(HVSTORED_TEST_CFLAGS)
tests_unit_hvstored_watches_LDADD = tests/unit/libhvstored.a
