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
