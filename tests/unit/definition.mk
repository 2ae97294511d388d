# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of guests' definitions.
UNIT_TESTS_OF_DEFINITIONS = tests/unit/definition tests/unit/definition_bad \
	tests/unit/definition_memory tests/unit/definition_values
check_PROGRAMS += $(UNIT_TESTS_OF_DEFINITIONS)
DEFINITION_CFLAGS = $(AM_CFLAGS) $(XML2_CFLAGS) -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all
DEFINITION_SOURCES = libhvctl/alloc.c tests/unit/definition_fixture.h tests/unit/definition_fixture.c \
	tests/unit/no_hypervisor.c tests/unit/unit.h libhvctl/handle.c $(definition_files)

tests_unit_definition_SOURCES = tests/unit/definition.c $(DEFINITION_SOURCES)
nodist_tests_unit_definition_SOURCES = libhvctl/definition_schema_text.c
tests_unit_definition_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_definition_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_definition_LDADD = $(XML2_LIBS)

tests_unit_definition_bad_SOURCES = tests/unit/definition_bad.c $(DEFINITION_SOURCES)
nodist_tests_unit_definition_bad_SOURCES = libhvctl/definition_schema_text.c
tests_unit_definition_bad_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_definition_bad_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_definition_bad_LDADD = $(XML2_LIBS)

tests_unit_definition_memory_SOURCES = tests/unit/definition_memory.c $(DEFINITION_SOURCES)
nodist_tests_unit_definition_memory_SOURCES = libhvctl/definition_schema_text.c
tests_unit_definition_memory_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_definition_memory_CFLAGS = $(DEFINITION_CFLAGS)
tests_unit_definition_memory_LDADD = $(XML2_LIBS)

tests_unit_definition_values_SOURCES = tests/unit/definition_values.c tests/unit/unit.h \
	libhvctl/definition_values.c
tests_unit_definition_values_CPPFLAGS = $(HVCTL_CPPFLAGS)
tests_unit_definition_values_CFLAGS = $(DEFINITION_CFLAGS)
