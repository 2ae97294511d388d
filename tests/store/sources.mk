# SPDX-License-Identifier: GPL-2.0-or-later
#
# hvstored under SIGKILL: the daemon on a fake hypervisor, and what works with it.
EXTRA_DIST += tests/store/run

STORE_CPPFLAGS = $(HVSTORED_CPPFLAGS) -I$(srcdir) -I$(srcdir)/tests/unit
check_PROGRAMS += tests/store/hvstored-fake tests/store/kill tests/store/step

tests_store_hvstored_fake_SOURCES = $(HVSTORED_CORE) dom0-tools/hvstored/main.c \
	tests/store/fake.c tests/store/fake.h
tests_store_hvstored_fake_CPPFLAGS = $(STORE_CPPFLAGS)

tests_store_kill_SOURCES = tests/store/kill.c tests/store/local.c tests/store/worker.c \
	tests/store/worker.h $(HVSTORED_FAKE)
tests_store_kill_CPPFLAGS = $(STORE_CPPFLAGS)

tests_store_step_SOURCES = tests/store/step.c tests/store/steps.c tests/store/steps.h \
	tests/unit/hvstored_machine.c tests/unit/hvstored_machine.h $(HVSTORED_CORE) $(HVSTORED_FAKE)
tests_store_step_CPPFLAGS = $(STORE_CPPFLAGS)
