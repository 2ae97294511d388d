# SPDX-License-Identifier: GPL-2.0-or-later
#
# The system tests, and the programs that some of them run in the control domain.
EXTRA_DIST += \
	tests/system/cases.py \
	tests/system/dom0 \
	tests/system/dump.py \
	tests/system/elf.py \
	tests/system/expected-refusals \
	tests/system/mkroot \
	tests/system/newer_qemu.py \
	tests/system/qemu.py \
	tests/system/root \
	tests/system/run \
	tests/system/state.py \
	tests/system/test_audit.py \
	tests/system/test_badinput.py \
	tests/system/test_boot.py \
	tests/system/test_grub.py \
	tests/system/test_keys.py \
	tests/system/test_mappings.py \
	tests/system/test_models.py \
	tests/system/test_outside.py \
	tests/system/test_power.py \
	tests/system/test_programs.py \
	tests/system/test_root.py \
	tests/system/test_speed.py \
	tests/system/test_state.py \
	tests/system/test_toolstack.py \
	tests/system/test_toolstack_attacks.py \
	tests/system/test_toolstack_full.py \
	tests/system/test_toolstack_life.py \
	tests/system/test_toolstack_memory.py \
	tests/system/test_toolstack_time.py \
	tests/system/test_toolstack_verbs.py \
	tests/system/toolstack.py \
	tests/system/verbs_wrong.py

system_test_programs = tests/system/programs/compat32 tests/system/programs/ports \
	tests/system/programs/segments tests/system/programs/state \
	tests/system/programs/vectors
toolstack_test_programs = tests/system/programs/domains tests/system/programs/wake
# Beside the toolstack, in its guests, or both.
system_load_programs = tests/system/programs/storeload
system_test_kernels = tests/system/kernels/hostile
check_PROGRAMS += $(system_test_programs) $(toolstack_test_programs) \
	$(system_load_programs) $(system_test_kernels)

# Put before a program by LD_PRELOAD.
EXTRA_DIST += tests/system/programs/failing.c
CLEANFILES += tests/system/programs/failing.so
tests/system/programs/failing.so: tests/system/programs/failing.c
	@$(MKDIR_P) $(@D)
	$(AM_V_CCLD)$(CC) -std=gnu17 -D_GNU_SOURCE -O2 $(WARN_CFLAGS) -shared -fPIC -o $@ \
		$(srcdir)/tests/system/programs/failing.c

# There is no C library in that image.
SYSTEM_CFLAGS = $(AM_CFLAGS) -O2 -fno-stack-protector
tests_system_programs_compat32_SOURCES = tests/system/programs/compat32.c
tests_system_programs_compat32_CFLAGS = -std=gnu17 -O2 $(WARN_CFLAGS) -fno-stack-protector -m32 \
	-ffreestanding -fno-pic
tests_system_programs_compat32_LDFLAGS = -m32 -nostdlib -all-static
tests_system_programs_domains_SOURCES = tests/system/programs/domains.c
tests_system_programs_domains_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include
tests_system_programs_domains_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_domains_LDFLAGS = -all-static
tests_system_programs_ports_SOURCES = tests/system/programs/ports.c
tests_system_programs_ports_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_ports_LDFLAGS = -all-static
tests_system_programs_segments_SOURCES = tests/system/programs/segments.c
tests_system_programs_segments_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_segments_LDFLAGS = -all-static
tests_system_programs_state_SOURCES = tests/system/programs/state.c
tests_system_programs_state_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include
tests_system_programs_state_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_state_LDFLAGS = -all-static
tests_system_programs_storeload_SOURCES = tests/system/programs/storeload.c
tests_system_programs_storeload_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include
tests_system_programs_storeload_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_storeload_LDFLAGS = -all-static
tests_system_programs_vectors_SOURCES = tests/system/programs/vectors.c
tests_system_programs_vectors_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_vectors_LDFLAGS = -all-static
tests_system_programs_wake_SOURCES = tests/system/programs/wake.c
tests_system_programs_wake_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_wake_LDFLAGS = -all-static

tests_system_kernels_hostile_SOURCES = tests/system/kernels/hostile.c \
	tests/system/kernels/hostile.h tests/system/kernels/hostile_devices.c \
	tests/system/kernels/hostile_store.c
tests_system_kernels_hostile_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include
tests_system_kernels_hostile_CFLAGS = -std=gnu17 -O2 -g $(PVGUEST_CFLAGS) -mgeneral-regs-only \
	$(WARN_CFLAGS)
tests_system_kernels_hostile_LDFLAGS = -all-static $(PVGUEST_LINK) \
	-Wl,-T,$(srcdir)/guest-pv-headers/libpvguest/pvguest.lds
tests_system_kernels_hostile_LDADD = guest-pv-headers/libpvguest.a

# The image with what the tests need in it; the toolstack, which does not fit into a control domain
# of 128 MiB, has an image of its own.
.PHONY: test-image
test-image: image $(system_test_programs) $(toolstack_test_programs) $(system_load_programs) \
		$(system_test_kernels) tests/system/programs/failing.so
	$(MKIMAGE_BARE) --initrd initrd-tests --add $(srcdir)/tests/system/dom0=tests \
		--add $(srcdir)/tests/system/root=root-run \
		--add tests/system/programs/state=root-run/mortise/state \
		$(foreach p,$(system_test_programs),--add $(p)=tests/$(notdir $(p))) image
	$(MKIMAGE) --initrd initrd-toolstack --add tests/system/programs/state=tests/state \
		--package tcc --program tcc:usr/bin/tcc \
		$(foreach p,$(system_load_programs),--add $(p)=tests/$(notdir $(p))) \
		--add tests/system/programs/failing.so=tests/failing.so \
		$(foreach p,$(toolstack_test_programs),--program $(p)) \
		--package grub-xen-host --program grub-xen-host:$(pvgrub)=$(pvgrub) $(xen_tools) image
	$(MKGUEST) --generic --name guests-toolstack.img \
		$(foreach p,$(system_load_programs),--program $(p)) \
		$(foreach k,$(system_test_kernels),--add $(k)=$(notdir $(k)).elf) image

# What <bootloader>pvgrub</bootloader> starts.
pvgrub = usr/lib/grub-xen/grub-x86_64-xen.bin

# Debian's own tools, beside ours in the image of the toolstack's tests.
xen_packages = xen-utils-4.17 xenstore-utils libxenmisc4.17 libxenstore4 libxencall1 \
	libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 \
	libxentoolcore1 libxentoollog1 libyajl2 libfdt1
xen_programs = xl xenstored xenconsoled xenconsole xen-init-dom0
xenstore_programs = chmod exists list ls read rm watch write
xen_tools = $(foreach p,$(xen_packages),--package $(p)) \
	$(foreach p,$(xen_programs),--program xen-utils-4.17:usr/lib/xen-4.17/bin/$(p)) \
	$(foreach p,$(xen_programs),--program \
		xen-utils-4.17:usr/lib/xen-4.17/bin/$(p)=usr/lib/xen-4.17/bin/$(p)) \
	$(foreach p,$(xenstore_programs),--program xenstore-utils:usr/bin/xenstore-$(p)) \
	--program $(shell $(CC) -print-file-name=libgcc_s.so.1)=lib/x86_64-linux-gnu/libgcc_s.so.1
