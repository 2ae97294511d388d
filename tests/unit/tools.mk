# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of the tools.
EXTRA_DIST += tests/unit/run tests/unit/unit.h

UNIT_TESTS_OF_TOOLS = tests/unit/unpack
check_PROGRAMS += $(UNIT_TESTS_OF_TOOLS)

tests_unit_unpack_SOURCES = tests/unit/unpack.c \
	libhvctl/unpack/buffer.c libhvctl/unpack/codec.c libhvctl/unpack/codec_gzip.c \
	libhvctl/unpack/codec_lz4.c libhvctl/unpack/codec_lzma.c \
	libhvctl/unpack/codec_zstd.c libhvctl/unpack/image.c
tests_unit_unpack_CFLAGS = $(AM_CFLAGS) -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all
tests_unit_unpack_LDADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)
