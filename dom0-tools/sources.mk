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

pkglibexec_PROGRAMS += dom0-tools/store-init
dom0_tools_store_init_SOURCES = dom0-tools/image/store-init.c
dom0_tools_store_init_CPPFLAGS = $(HVCTL_CPPFLAGS)
dom0_tools_store_init_LDADD = libhvctl/libhvctl.la

dist_pkglibexec_SCRIPTS = dom0-tools/mkimage dom0-tools/mkguest
imagefilesdir = $(pkglibexecdir)/image
dist_imagefiles_SCRIPTS = dom0-tools/image/init dom0-tools/image/demo \
	dom0-tools/image/guest-init dom0-tools/image/guest-rc
dist_imagefiles_DATA = dom0-tools/image/profile dom0-tools/image/web.xml

# What the control domain runs.
image_programs = dom0-tools/hvctl/hvctl dom0-tools/hvstored/hvstored \
	dom0-tools/hvconsoled/hvconsoled dom0-tools/store-init
MKIMAGE_BARE = $(PYTHON3) $(srcdir)/dom0-tools/mkimage --seeder dom0-tools/seed-random
MKIMAGE = $(MKIMAGE_BARE) \
	--libraries libhvctl/.libs $(foreach p,$(image_programs),--program $(p))
MKGUEST = $(PYTHON3) $(srcdir)/dom0-tools/mkguest --seeder dom0-tools/seed-random

# Debian's kernel, packed and unpacked, the initramfs, and the disk with guests, in image/.
.PHONY: image
image: dom0-tools/mortise-unpack dom0-tools/seed-random $(image_programs)
	$(MKIMAGE) --unpack dom0-tools/mortise-unpack image
	$(MKGUEST) image

clean-local:
	rm -rf image check coverage

include dom0-tools/hvctl/sources.mk
include dom0-tools/hvconsoled/sources.mk
include dom0-tools/hvstored/sources.mk
