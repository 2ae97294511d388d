# SPDX-License-Identifier: GPL-2.0-or-later
#
# The public headers, installed as they lie under include/.

guest_pv_files = \
	guest-pv-headers/include/pv/hypercall.h \
	guest-pv-headers/include/xen/abi/base.h \
	guest-pv-headers/include/xen/abi/domctl-device.h \
	guest-pv-headers/include/xen/abi/domctl-domain.h \
	guest-pv-headers/include/xen/abi/domctl-hvm.h \
	guest-pv-headers/include/xen/abi/domctl-vcpu.h \
	guest-pv-headers/include/xen/abi/errno-macros.h \
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

EXTRA_DIST += guest-pv-headers/README.md $(guest_pv_files)
guestpvdir = $(includedir)/mortise

install-data-local:
	@for f in $(guest_pv_files); do \
		to=$(DESTDIR)$(guestpvdir)/$${f#guest-pv-headers/include/}; \
		$(MKDIR_P) "$${to%/*}" && $(INSTALL_DATA) $(srcdir)/$$f "$$to" || exit 1; \
	done

uninstall-local:
	@for f in $(guest_pv_files); do \
		rm -f $(DESTDIR)$(guestpvdir)/$${f#guest-pv-headers/include/}; \
	done
