# SPDX-License-Identifier: GPL-2.0-or-later
#
# The control domain's programs.

bin_PROGRAMS += dom0-tools/mortise-unpack
dom0_tools_mortise_unpack_SOURCES = dom0-tools/unpack/main.c \
	dom0-tools/unpack/buffer.c dom0-tools/unpack/buffer.h \
	dom0-tools/unpack/codec.c dom0-tools/unpack/codec.h \
	dom0-tools/unpack/codec_gzip.c dom0-tools/unpack/codec_lz4.c \
	dom0-tools/unpack/codec_lzma.c dom0-tools/unpack/codec_zstd.c \
	dom0-tools/unpack/image.c dom0-tools/unpack/image.h
dom0_tools_mortise_unpack_CPPFLAGS = -DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
dom0_tools_mortise_unpack_LDADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)

# Linked statically: the small control domain has no C library.
pkglibexec_PROGRAMS = dom0-tools/seed-random
dom0_tools_seed_random_SOURCES = dom0-tools/image/seed-random.c
dom0_tools_seed_random_LDFLAGS = -static

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
	rm -rf image check coverage
