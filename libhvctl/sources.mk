# SPDX-License-Identifier: GPL-2.0-or-later
#
# libhvctl: the shared and the static library, its header, pkg-config file.
# The parts list their files in fragments of their own, as hvctl_files += ...

EXTRA_DIST += libhvctl/libhvctl.map
include_HEADERS = libhvctl/include/hvctl.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = libhvctl/libhvctl.pc

HVCTL_CPPFLAGS = -I$(builddir) -I$(srcdir)/libhvctl/include -I$(srcdir)/libhvctl \
	-I$(srcdir)/guest-pv-headers/include -D__XEN_TOOLS__ -DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
HVCTL_LIBS = $(XML2_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)

hvctl_files = libhvctl/handle.c libhvctl/include/hvctl.h libhvctl/internal.h
nodist_hvctl_files =
include libhvctl/domain.mk
include libhvctl/definition.mk
include libhvctl/devices.mk

# Kernels unpacked: shared with mortise-unpack.
noinst_LTLIBRARIES += libhvctl/libunpack.la
libhvctl_libunpack_la_SOURCES = libhvctl/alloc.c libhvctl/alloc.h libhvctl/unpack/buffer.c \
	libhvctl/unpack/buffer.h libhvctl/unpack/codec.c libhvctl/unpack/codec.h \
	libhvctl/unpack/codec_gzip.c libhvctl/unpack/codec_lz4.c libhvctl/unpack/codec_lzma.c \
	libhvctl/unpack/codec_zstd.c libhvctl/unpack/image.c libhvctl/unpack/image.h
libhvctl_libunpack_la_CPPFLAGS = $(HVCTL_CPPFLAGS)
libhvctl_libunpack_la_LIBADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)

lib_LTLIBRARIES += libhvctl/libhvctl.la
libhvctl_libhvctl_la_SOURCES = $(hvctl_files)
nodist_libhvctl_libhvctl_la_SOURCES = $(nodist_hvctl_files)
libhvctl_libhvctl_la_CPPFLAGS = $(HVCTL_CPPFLAGS) $(XML2_CFLAGS)
libhvctl_libhvctl_la_LDFLAGS = -version-info 0:0:0 \
	-Wl,--version-script=$(srcdir)/libhvctl/libhvctl.map
libhvctl_libhvctl_la_LIBADD = libhvctl/libunpack.la $(HVCTL_LIBS)
libhvctl_libhvctl_la_DEPENDENCIES = libhvctl/libunpack.la libhvctl/libhvctl.map

# The example, which is installed as a source and built as a check.
exampledir = $(docdir)/examples
dist_example_DATA = libhvctl/example/guests.c
noinst_PROGRAMS += libhvctl/example/guests
libhvctl_example_guests_SOURCES = libhvctl/example/guests.c
libhvctl_example_guests_CPPFLAGS = -I$(srcdir)/libhvctl/include
libhvctl_example_guests_LDADD = libhvctl/libhvctl.la
