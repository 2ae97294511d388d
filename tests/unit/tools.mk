# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of the tools.
EXTRA_DIST += tests/unit/run tests/unit/unit.h

UNIT_TESTS_OF_TOOLS = tests/unit/unpack
check_PROGRAMS += $(UNIT_TESTS_OF_TOOLS)

tests_unit_unpack_SOURCES = tests/unit/unpack.c tests/unit/packers.c tests/unit/packers.h \
	libhvctl/alloc.c \
	libhvctl/unpack/buffer.c libhvctl/unpack/codec.c libhvctl/unpack/codec_gzip.c \
	libhvctl/unpack/codec_lz4.c libhvctl/unpack/codec_lzma.c \
	libhvctl/unpack/codec_zstd.c libhvctl/unpack/image.c
tests_unit_unpack_CFLAGS = $(AM_CFLAGS) -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all
tests_unit_unpack_LDADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)

# libhvctl on a host that is part of the test.
UNIT_TESTS_OF_LIBHVCTL = tests/unit/device_end tests/unit/hvctl_build \
	tests/unit/hvctl_failures tests/unit/hvctl_policies tests/unit/store_client
check_PROGRAMS += $(UNIT_TESTS_OF_LIBHVCTL)
HVCTL_UNIT_CPPFLAGS = -I$(srcdir)/libhvctl/include -I$(srcdir)/libhvctl \
	-I$(srcdir)/guest-pv-headers/include -I$(srcdir)/tests/unit -D__XEN_TOOLS__ \
	-DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
HVCTL_UNIT_CFLAGS = $(AM_CFLAGS) -g -fsanitize=address,undefined -fno-sanitize-recover=all
hvctl_fixture = tests/unit/hvctl_calls.c tests/unit/hvctl_guest.h tests/unit/hvctl_kernel.c \
	tests/unit/hvctl_kernel.h tests/unit/hvctl_machine.c tests/unit/hvctl_machine.h \
	tests/unit/hvctl_store.c tests/unit/packers.c tests/unit/packers.h \
	libhvctl/alloc.c libhvctl/ask.c libhvctl/build_initrd.c libhvctl/build_kernel.c libhvctl/build_memory.c \
	libhvctl/build_start.c libhvctl/build_tables.c libhvctl/calls.c libhvctl/create.c \
	libhvctl/create_domain.c libhvctl/domain.c libhvctl/events.c libhvctl/find.c \
	libhvctl/grants.c libhvctl/guest_store.c libhvctl/handle.c libhvctl/info.c libhvctl/kernel_elf.c \
	libhvctl/layout.c libhvctl/life.c libhvctl/monitor.c libhvctl/sched.c libhvctl/store_tools.c \
	libhvctl/unpack/buffer.c libhvctl/unpack/codec.c libhvctl/unpack/codec_gzip.c \
	libhvctl/unpack/codec_lz4.c libhvctl/unpack/codec_lzma.c \
	libhvctl/unpack/codec_zstd.c libhvctl/unpack/image.c

tests_unit_hvctl_build_SOURCES = tests/unit/hvctl_build.c $(hvctl_fixture)
tests_unit_hvctl_build_CPPFLAGS = $(HVCTL_UNIT_CPPFLAGS)
tests_unit_hvctl_build_CFLAGS = $(HVCTL_UNIT_CFLAGS)
tests_unit_hvctl_build_LDADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)
tests_unit_hvctl_failures_SOURCES = tests/unit/hvctl_failures.c $(hvctl_fixture)
tests_unit_hvctl_failures_CPPFLAGS = $(HVCTL_UNIT_CPPFLAGS)
tests_unit_hvctl_failures_CFLAGS = $(HVCTL_UNIT_CFLAGS)
tests_unit_hvctl_failures_LDADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)
tests_unit_hvctl_policies_SOURCES = tests/unit/hvctl_policies.c $(hvctl_fixture)
tests_unit_hvctl_policies_CPPFLAGS = $(HVCTL_UNIT_CPPFLAGS)
tests_unit_hvctl_policies_CFLAGS = $(HVCTL_UNIT_CFLAGS)
tests_unit_hvctl_policies_LDADD = $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)

# Its store client, on a daemon of the test's own.
tests_unit_store_client_SOURCES = tests/unit/store_client.c tests/unit/store_fake.c \
	tests/unit/store_fake.h tests/unit/no_hypervisor.c tests/unit/unit.h libhvctl/alloc.c \
	libhvctl/device.c libhvctl/handle.c \
	libhvctl/store.c libhvctl/store_tools.c libhvctl/store_watch.c libhvctl/store_wire.c
tests_unit_store_client_CPPFLAGS = $(HVCTL_UNIT_CPPFLAGS)
tests_unit_store_client_CFLAGS = $(HVCTL_UNIT_CFLAGS)
tests_unit_store_client_LDADD = -lpthread

# The end of devices, on the same daemon.
tests_unit_device_end_SOURCES = tests/unit/device_end.c tests/unit/store_fake.c \
	tests/unit/store_fake.h tests/unit/no_hypervisor.c tests/unit/unit.h libhvctl/alloc.c \
	libhvctl/device.c libhvctl/device_end.c \
	libhvctl/handle.c libhvctl/store.c libhvctl/store_tools.c libhvctl/store_watch.c \
	libhvctl/store_wire.c
tests_unit_device_end_CPPFLAGS = $(HVCTL_UNIT_CPPFLAGS)
tests_unit_device_end_CFLAGS = $(HVCTL_UNIT_CFLAGS)
tests_unit_device_end_LDADD = -lpthread
