# SPDX-License-Identifier: GPL-2.0-or-later
#
# The system tests, and the programs that some of them run in the control domain.
EXTRA_DIST += tests/system/cases.py tests/system/dom0 tests/system/elf.py \
	tests/system/expected-refusals tests/system/mkroot tests/system/newer_qemu.py \
	tests/system/qemu.py tests/system/root tests/system/run tests/system/test_badinput.py \
	tests/system/test_boot.py tests/system/test_grub.py tests/system/test_keys.py \
	tests/system/test_mappings.py tests/system/test_models.py \
	tests/system/test_outside.py tests/system/test_power.py tests/system/test_programs.py \
	tests/system/state.py tests/system/test_root.py tests/system/test_state.py

system_test_programs = tests/system/programs/compat32 tests/system/programs/ports \
	tests/system/programs/segments tests/system/programs/state \
	tests/system/programs/vectors
check_PROGRAMS += $(system_test_programs)

# There is no C library in that image.
SYSTEM_CFLAGS = $(AM_CFLAGS) -O2 -fno-stack-protector
tests_system_programs_compat32_SOURCES = tests/system/programs/compat32.c
tests_system_programs_compat32_CFLAGS = -std=gnu17 -O2 $(WARN_CFLAGS) -fno-stack-protector -m32 \
	-ffreestanding -fno-pic
tests_system_programs_compat32_LDFLAGS = -m32 -nostdlib -static
tests_system_programs_ports_SOURCES = tests/system/programs/ports.c
tests_system_programs_ports_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_ports_LDFLAGS = -static
tests_system_programs_segments_SOURCES = tests/system/programs/segments.c
tests_system_programs_segments_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_segments_LDFLAGS = -static
tests_system_programs_state_SOURCES = tests/system/programs/state.c
tests_system_programs_state_CPPFLAGS = -I$(srcdir)/guest-pv-headers/include
tests_system_programs_state_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_state_LDFLAGS = -static
tests_system_programs_vectors_SOURCES = tests/system/programs/vectors.c
tests_system_programs_vectors_CFLAGS = $(SYSTEM_CFLAGS)
tests_system_programs_vectors_LDFLAGS = -static

# The image with what the tests need in it.
.PHONY: test-image
test-image: image $(system_test_programs)
	$(PYTHON3) $(srcdir)/dom0-tools/mkimage --seeder dom0-tools/seed-random \
		--initrd initrd-tests --add $(srcdir)/tests/system/dom0=tests \
		--add $(srcdir)/tests/system/root=root-run \
		--add tests/system/programs/state=root-run/mortise/state \
		$(foreach p,$(system_test_programs),--add $(p)=tests/$(notdir $(p))) image
