# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of the command, on a fake of the library; definitions are read by the real code.
UNIT_TESTS_OF_HVCTL = tests/unit/hvctl_command tests/unit/hvctl_console \
	tests/unit/hvctl_made tests/unit/hvctl_memory
check_PROGRAMS += $(UNIT_TESTS_OF_HVCTL)
HVCTL_FAKE = tests/unit/hvctl_fake.c tests/unit/hvctl_fake.h tests/unit/hvctl_fake_host.c \
	tests/unit/hvctl_fake_inside.h

HVCTL_ON_FAKE = libhvctl/alloc.c tests/unit/unit.h $(HVCTL_FAKE) tests/unit/definition_fixture.c \
	tests/unit/definition_fixture.h tests/unit/no_hypervisor.c libhvctl/handle.c $(definition_files) $(HVCTL_COMMAND)

tests_unit_hvctl_command_SOURCES = tests/unit/hvctl_command.c $(HVCTL_ON_FAKE)
nodist_tests_unit_hvctl_command_SOURCES = libhvctl/definition_schema_text.c
tests_unit_hvctl_command_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_hvctl_command_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_hvctl_command_LDADD = $(XML2_LIBS) $(JANSSON_LIBS)

tests_unit_hvctl_console_SOURCES = tests/unit/hvctl_console.c $(HVCTL_ON_FAKE)
nodist_tests_unit_hvctl_console_SOURCES = libhvctl/definition_schema_text.c
tests_unit_hvctl_console_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_hvctl_console_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_hvctl_console_LDADD = $(XML2_LIBS) $(JANSSON_LIBS) -lutil

# The command as it is, behind a library whose allocations fail.
tests_unit_hvctl_memory_SOURCES = tests/unit/hvctl_memory.c tests/unit/unit.h
tests_unit_hvctl_memory_DEPENDENCIES = dom0-tools/hvctl/hvctl tests/system/programs/failing.so

# What is made of the table of verbs must be there.
tests_unit_hvctl_made_SOURCES = tests/unit/hvctl_made.c tests/unit/unit.h \
	dom0-tools/hvctl/table.c dom0-tools/hvctl/table.h
tests_unit_hvctl_made_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_hvctl_made_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_hvctl_made_DEPENDENCIES = dom0-tools/hvctl/hvctl.1 dom0-tools/hvctl/completion/hvctl

# The console's daemon, with pages of the test's own as guests.
UNIT_TESTS_OF_CONSOLED = tests/unit/consoled tests/unit/consoled_finder \
	tests/unit/consoled_log tests/unit/consoled_memory tests/unit/consoled_ring \
	tests/unit/consoled_terminal
check_PROGRAMS += $(UNIT_TESTS_OF_CONSOLED)

tests_unit_consoled_SOURCES = tests/unit/consoled.c tests/unit/consoled_fake.c \
	tests/unit/consoled_fake.h tests/unit/unit.h $(CONSOLED_CORE)
tests_unit_consoled_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_consoled_CFLAGS = $(DEFINITION_CFLAGS)

tests_unit_consoled_log_SOURCES = tests/unit/consoled_log.c tests/unit/unit.h \
	dom0-tools/hvconsoled/history.c dom0-tools/hvconsoled/logfile.c
tests_unit_consoled_log_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_consoled_log_CFLAGS = $(DEFINITION_CFLAGS)

tests_unit_consoled_finder_SOURCES = tests/unit/consoled_finder.c tests/unit/unit.h \
	dom0-tools/hvconsoled/terminal.c
tests_unit_consoled_finder_CPPFLAGS = $(HVCTL_CPPFLAGS)
# gcc takes the record that is written for its first member when all is in one file.
tests_unit_consoled_finder_CFLAGS = $(DEFINITION_CFLAGS) -Wno-stringop-overread
tests_unit_consoled_finder_LDADD = -lpthread

tests_unit_consoled_memory_SOURCES = tests/unit/consoled_memory.c tests/unit/consoled_fake.c \
	tests/unit/consoled_fake.h tests/unit/unit.h $(CONSOLED_CORE)
tests_unit_consoled_memory_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_consoled_memory_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_consoled_memory_LDFLAGS = -Wl,--wrap=calloc

tests_unit_consoled_terminal_SOURCES = tests/unit/consoled_terminal.c tests/unit/unit.h \
	dom0-tools/hvconsoled/reader.c dom0-tools/hvconsoled/terminal.c
tests_unit_consoled_terminal_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_consoled_terminal_CFLAGS = $(DEFINITION_CFLAGS)

tests_unit_consoled_ring_SOURCES = tests/unit/consoled_ring.c tests/unit/unit.h \
	dom0-tools/hvconsoled/history.c dom0-tools/hvconsoled/rate.c dom0-tools/hvconsoled/ring.c
tests_unit_consoled_ring_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_consoled_ring_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_consoled_ring_LDADD = -lpthread
