# SPDX-License-Identifier: GPL-2.0-or-later
#
# The hypervisor image.  A file is added by one line in its folder's
# sources.mk (.c, .S and .h alike: what is not listed is not distributed).
# mortise.elf64 has the symbols; mortise is the same image in the ELF32
# container that multiboot 1 loaders want.

EXTRA_LIBRARIES += hypervisor/libmortise.a
hypervisor_libmortise_a_SOURCES =
hypervisor_libmortise_a_CPPFLAGS = $(HV_CPPFLAGS) -I$(srcdir)/hypervisor \
	-I$(srcdir)/guest-pv-headers/include
hypervisor_libmortise_a_CFLAGS = $(HV_CFLAGS) $(WARN_CFLAGS) \
	-include $(srcdir)/hypervisor/tools/visibility.h
hypervisor_libmortise_a_CCASFLAGS = -D__ASSEMBLY__

# What the image mortise-faults has in place of a file of the same interface.
EXTRA_LIBRARIES += hypervisor/libfaults.a
hypervisor_libfaults_a_CPPFLAGS = $(hypervisor_libmortise_a_CPPFLAGS)
hypervisor_libfaults_a_CFLAGS = $(hypervisor_libmortise_a_CFLAGS)

include hypervisor/lib/sources.mk
include hypervisor/cpu/sources.mk
include hypervisor/dev/sources.mk
include hypervisor/kern/sources.mk
include hypervisor/mm/sources.mk
include hypervisor/dom/sources.mk
include hypervisor/event/sources.mk
include hypervisor/pv/sources.mk
include hypervisor/grant/sources.mk
include hypervisor/call/sources.mk
include hypervisor/ctl/sources.mk
include hypervisor/dom0/sources.mk
include hypervisor/boot/sources.mk

EXTRA_DIST += hypervisor/mortise.lds hypervisor/tools/link-image hypervisor/tools/symbols.awk \
	hypervisor/tools/visibility.h

mortisedir = $(libdir)/mortise
mortise_DATA = hypervisor/mortise hypervisor/mortise.elf64
CLEANFILES += hypervisor/mortise hypervisor/mortise.elf64 hypervisor/mortise.map

hypervisor/mortise.elf64: $(hypervisor_libmortise_a_OBJECTS) \
		$(srcdir)/hypervisor/mortise.lds $(srcdir)/hypervisor/tools/link-image \
		$(srcdir)/hypervisor/tools/symbols.awk
	$(AM_V_GEN)CC="$(CC)" LD="$(LD)" NM="$(NM)" AWK="$(AWK)" LDFLAGS="$(HV_LDFLAGS)" \
		$(SHELL) $(srcdir)/hypervisor/tools/link-image $(srcdir)/hypervisor/mortise.lds $@ \
		$(hypervisor_libmortise_a_OBJECTS)

hypervisor/mortise: hypervisor/mortise.elf64
	$(AM_V_GEN)$(OBJCOPY) --strip-all -O elf32-i386 hypervisor/mortise.elf64 $@

# The same objects but one: with MORTISE_fault, for the tests of the audit. Never installed.
CLEANFILES += hypervisor/mortise-faults hypervisor/mortise-faults.elf64 hypervisor/mortise-faults.map
fault_objects = $(filter-out %-faults_none.$(OBJEXT),$(hypervisor_libmortise_a_OBJECTS)) \
	$(hypervisor_libfaults_a_OBJECTS)

hypervisor/mortise-faults.elf64: $(fault_objects) $(srcdir)/hypervisor/mortise.lds \
		$(srcdir)/hypervisor/tools/link-image $(srcdir)/hypervisor/tools/symbols.awk
	$(AM_V_GEN)CC="$(CC)" LD="$(LD)" NM="$(NM)" AWK="$(AWK)" LDFLAGS="$(HV_LDFLAGS)" \
		$(SHELL) $(srcdir)/hypervisor/tools/link-image $(srcdir)/hypervisor/mortise.lds $@ \
		$(fault_objects)

hypervisor/mortise-faults: hypervisor/mortise-faults.elf64
	$(AM_V_GEN)$(OBJCOPY) --strip-all -O elf32-i386 hypervisor/mortise-faults.elf64 $@
