# SPDX-License-Identifier: GPL-2.0-or-later
#
# The public headers, installed as they lie under include/, and libpvguest.

guest_pv_files = \
	guest-pv-headers/include/pv/barrier.h \
	guest-pv-headers/include/pv/cpu.h \
	guest-pv-headers/include/pv/device.h \
	guest-pv-headers/include/pv/event.h \
	guest-pv-headers/include/pv/guest.h \
	guest-pv-headers/include/pv/hypercall.h \
	guest-pv-headers/include/pv/memory.h \
	guest-pv-headers/include/pv/p2m.h \
	guest-pv-headers/include/pv/ring.h \
	guest-pv-headers/include/pv/start.h \
	guest-pv-headers/include/xen/abi/base.h \
	guest-pv-headers/include/xen/abi/domctl-device.h \
	guest-pv-headers/include/xen/abi/domctl-domain.h \
	guest-pv-headers/include/xen/abi/domctl-hvm.h \
	guest-pv-headers/include/xen/abi/domctl-vcpu.h \
	guest-pv-headers/include/xen/abi/errno-macros.h \
	guest-pv-headers/include/xen/abi/int.h \
	guest-pv-headers/include/xen/abi/memory-tools.h \
	guest-pv-headers/include/xen/abi/platform-firmware.h \
	guest-pv-headers/include/xen/abi/platform-power.h \
	guest-pv-headers/include/xen/abi/shared.h \
	guest-pv-headers/include/xen/abi/start.h \
	guest-pv-headers/include/xen/abi/sysctl-cpu.h \
	guest-pv-headers/include/xen/abi/sysctl-debug.h \
	guest-pv-headers/include/xen/abi/sysctl-host.h \
	guest-pv-headers/include/xen/abi/uuid.h \
	guest-pv-headers/include/xen/arch-x86/cpufeatureset.h \
	guest-pv-headers/include/xen/arch-x86/cpuid.h \
	guest-pv-headers/include/xen/arch-x86/hvm/start_info.h \
	guest-pv-headers/include/xen/arch-x86/pmu.h \
	guest-pv-headers/include/xen/arch-x86/xen-mca.h \
	guest-pv-headers/include/xen/arch-x86/xen-x86_64.h \
	guest-pv-headers/include/xen/arch-x86/xen.h \
	guest-pv-headers/include/xen/arch-x86_64.h \
	guest-pv-headers/include/xen/callback.h \
	guest-pv-headers/include/xen/domctl.h \
	guest-pv-headers/include/xen/elfnote.h \
	guest-pv-headers/include/xen/errno.h \
	guest-pv-headers/include/xen/event_channel.h \
	guest-pv-headers/include/xen/features.h \
	guest-pv-headers/include/xen/grant_table.h \
	guest-pv-headers/include/xen/hvm/e820.h \
	guest-pv-headers/include/xen/hvm/params.h \
	guest-pv-headers/include/xen/hvm/start_info.h \
	guest-pv-headers/include/xen/io/blkif.h \
	guest-pv-headers/include/xen/io/console.h \
	guest-pv-headers/include/xen/io/fbif.h \
	guest-pv-headers/include/xen/io/kbdif.h \
	guest-pv-headers/include/xen/io/netif.h \
	guest-pv-headers/include/xen/io/pciif.h \
	guest-pv-headers/include/xen/io/protocols.h \
	guest-pv-headers/include/xen/io/ring.h \
	guest-pv-headers/include/xen/io/xenbus.h \
	guest-pv-headers/include/xen/io/xs_wire.h \
	guest-pv-headers/include/xen/memory.h \
	guest-pv-headers/include/xen/mortise-fault.h \
	guest-pv-headers/include/xen/mortise.h \
	guest-pv-headers/include/xen/nmi.h \
	guest-pv-headers/include/xen/physdev.h \
	guest-pv-headers/include/xen/platform.h \
	guest-pv-headers/include/xen/pmu.h \
	guest-pv-headers/include/xen/sched.h \
	guest-pv-headers/include/xen/sysctl.h \
	guest-pv-headers/include/xen/trace.h \
	guest-pv-headers/include/xen/vcpu.h \
	guest-pv-headers/include/xen/version.h \
	guest-pv-headers/include/xen/xen-compat.h \
	guest-pv-headers/include/xen/xen.h

EXTRA_DIST += guest-pv-headers/README.md $(guest_pv_files) guest-pv-headers/samples \
	guest-pv-headers/guest-pv-headers.pc.in guest-pv-headers/libpvguest.pc.in
guestpvdir = $(includedir)/mortise

# What every file of a kernel on libpvguest is compiled with; libpvguest.pc says it to others.
PVGUEST_CFLAGS = -ffreestanding -fno-pie -mcmodel=kernel -mno-red-zone -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables
PVGUEST_LINK = -nostdlib -static -Wl,-z,max-page-size=4096 -Wl,--build-id=none \
	-Wl,--no-warn-rwx-segments

# Not among the libraries of the host: no program can use it.
pvguestdir = $(libdir)/mortise
pvguest_LIBRARIES = guest-pv-headers/libpvguest.a
guest_pv_headers_libpvguest_a_SOURCES = \
	guest-pv-headers/libpvguest/block.c \
	guest-pv-headers/libpvguest/bus.c \
	guest-pv-headers/libpvguest/console.c \
	guest-pv-headers/libpvguest/cpu.c \
	guest-pv-headers/libpvguest/entry.S \
	guest-pv-headers/libpvguest/event.c \
	guest-pv-headers/libpvguest/format.c \
	guest-pv-headers/libpvguest/grant.c \
	guest-pv-headers/libpvguest/internal.h \
	guest-pv-headers/libpvguest/memory.c \
	guest-pv-headers/libpvguest/net.c \
	guest-pv-headers/libpvguest/start.c \
	guest-pv-headers/libpvguest/store.c \
	guest-pv-headers/libpvguest/string.c \
	guest-pv-headers/libpvguest/time.c \
	guest-pv-headers/libpvguest/trap.c
guest_pv_headers_libpvguest_a_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include
guest_pv_headers_libpvguest_a_CFLAGS = -std=gnu17 -O2 -g $(PVGUEST_CFLAGS) -mgeneral-regs-only \
	-fno-omit-frame-pointer $(WARN_CFLAGS)
guest_pv_headers_libpvguest_a_CCASFLAGS = -D__ASSEMBLY__

dist_pvguest_DATA = guest-pv-headers/libpvguest/pvguest.lds

guestpcdir = $(libdir)/pkgconfig
guestpc_DATA = guest-pv-headers/guest-pv-headers.pc guest-pv-headers/libpvguest.pc
CLEANFILES += $(guestpc_DATA)
pc_edit = sed -e 's|@includedir[@]|$(includedir)|' -e 's|@libdir[@]|$(libdir)|' \
	-e 's|@VERSION[@]|$(VERSION)|' -e 's|@PVGUEST_CFLAGS[@]|$(PVGUEST_CFLAGS)|' \
	-e 's|@PVGUEST_LINK[@]|$(PVGUEST_LINK)|'
guest-pv-headers/guest-pv-headers.pc: $(srcdir)/guest-pv-headers/guest-pv-headers.pc.in Makefile
	$(AM_V_GEN)$(pc_edit) $(srcdir)/guest-pv-headers/guest-pv-headers.pc.in >$@
guest-pv-headers/libpvguest.pc: $(srcdir)/guest-pv-headers/libpvguest.pc.in Makefile
	$(AM_V_GEN)$(pc_edit) $(srcdir)/guest-pv-headers/libpvguest.pc.in >$@

install-data-local:
	@for f in $(guest_pv_files); do \
		to=$(DESTDIR)$(guestpvdir)/$${f#guest-pv-headers/include/}; \
		$(MKDIR_P) "$${to%/*}" && $(INSTALL_DATA) $(srcdir)/$$f "$$to" || exit 1; \
	done

uninstall-local:
	@for f in $(guest_pv_files); do \
		rm -f $(DESTDIR)$(guestpvdir)/$${f#guest-pv-headers/include/}; \
	done
