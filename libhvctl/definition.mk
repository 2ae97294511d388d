# SPDX-License-Identifier: GPL-2.0-or-later
#
# Definitions of guests: libvirt's domain XML, and its schema, which is built in as a text.
definition_files = libhvctl/definition.c libhvctl/definition.h libhvctl/definition_device.c \
	libhvctl/definition_document.c libhvctl/definition_format.c libhvctl/definition_guest.c \
	libhvctl/definition_places.c libhvctl/definition_places.def libhvctl/definition_schema.c \
	libhvctl/definition_tuning.c libhvctl/definition_values.c
hvctl_files += $(definition_files)
nodist_hvctl_files += libhvctl/definition_schema_text.c

schemadir = $(pkgdatadir)
dist_schema_DATA = libhvctl/schema/domain.rng
EXTRA_DIST += libhvctl/schema/embed
CLEANFILES += libhvctl/definition_schema_text.c
libhvctl/definition_schema_text.c: libhvctl/schema/domain.rng libhvctl/schema/embed
	$(AM_V_GEN)$(MKDIR_P) libhvctl && \
		$(PYTHON3) $(srcdir)/libhvctl/schema/embed $(srcdir)/libhvctl/schema/domain.rng \
		definition_schema_text > $@.tmp && mv $@.tmp $@
