# SPDX-License-Identifier: GPL-2.0-or-later
#
# The control domain's programs.

bin_PROGRAMS += dom0-tools/mortise-unpack
dom0_tools_mortise_unpack_SOURCES = dom0-tools/unpack/main.c
dom0_tools_mortise_unpack_CPPFLAGS = $(HVCTL_CPPFLAGS)
dom0_tools_mortise_unpack_LDADD = libhvctl/libunpack.la

# Linked statically: the small control domain has no C library.
pkglibexec_PROGRAMS = dom0-tools/seed-random
dom0_tools_seed_random_SOURCES = dom0-tools/image/seed-random.c
dom0_tools_seed_random_LDFLAGS = -all-static

dist_pkglibexec_SCRIPTS = dom0-tools/mkimage
imagefilesdir = $(pkglibexecdir)/image
dist_imagefiles_SCRIPTS = dom0-tools/image/init dom0-tools/image/demo
dist_imagefiles_DATA = dom0-tools/image/profile

# Debian's kernel, packed and unpacked, and the initramfs, in image/.
.PHONY: image
image: dom0-tools/mortise-unpack dom0-tools/seed-random
	$(PYTHON3) $(srcdir)/dom0-tools/mkimage --unpack dom0-tools/mortise-unpack \
		--seeder dom0-tools/seed-random image

clean-local:
	rm -rf image check

include dom0-tools/hvctl/sources.mk
include dom0-tools/hvconsoled/sources.mk
include dom0-tools/hvstored/sources.mk
