# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests of lib, mm, pv, dom0 and boot.
UNIT_TESTS_OF_CORE = tests/unit/boot tests/unit/dom0_image tests/unit/format tests/unit/pte_check \
	tests/unit/ranges \
	tests/unit/strings tests/unit/type_word \
	tests/unit/ctl_bitmap
check_PROGRAMS += $(UNIT_TESTS_OF_CORE)

tests_unit_boot_SOURCES = tests/unit/boot.c tests/unit/unit.h \
	hypervisor/boot/multiboot.c hypervisor/boot/options.c hypervisor/lib/string.c
tests_unit_boot_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_boot_CFLAGS = $(UNIT_CFLAGS)

tests_unit_dom0_image_SOURCES = tests/unit/dom0_image.c tests/unit/unit.h \
	hypervisor/dom0/elf.c hypervisor/dom0/elf_note.c hypervisor/dom0/layout.c \
	hypervisor/lib/string.c
tests_unit_dom0_image_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_dom0_image_CFLAGS = $(UNIT_CFLAGS)

# The functions themselves, not what the compiler makes of their names.
tests_unit_format_SOURCES = tests/unit/format.c tests/unit/unit.h \
	hypervisor/lib/format.c hypervisor/lib/string.c
tests_unit_format_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_format_CFLAGS = $(UNIT_CFLAGS) -fno-builtin -Wno-format -Wno-format-extra-args

tests_unit_strings_SOURCES = tests/unit/strings.c tests/unit/unit.h \
	hypervisor/lib/bits.c hypervisor/lib/muldiv.c hypervisor/lib/string.c
tests_unit_strings_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_strings_CFLAGS = $(UNIT_CFLAGS) -fno-builtin

tests_unit_ranges_SOURCES = tests/unit/ranges.c tests/unit/unit.h hypervisor/lib/ranges.c
tests_unit_ranges_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_ranges_CFLAGS = $(UNIT_CFLAGS)

tests_unit_pte_check_SOURCES = tests/unit/pte_check.c tests/unit/unit.h \
	hypervisor/pv/descriptor_check.c hypervisor/pv/pte_check.c
tests_unit_pte_check_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_pte_check_CFLAGS = $(UNIT_CFLAGS)

tests_unit_ctl_bitmap_SOURCES = tests/unit/ctl_bitmap.c tests/unit/unit.h hypervisor/ctl/bitmap.c
tests_unit_ctl_bitmap_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_ctl_bitmap_CFLAGS = $(UNIT_CFLAGS)

tests_unit_type_word_SOURCES = tests/unit/type_word.c tests/unit/unit.h hypervisor/mm/type_word.c
tests_unit_type_word_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_type_word_CFLAGS = $(UNIT_CFLAGS)

# On a machine's memory that the test makes: fake_mm/ stands before the hypervisor's own headers.
UNIT_TESTS_OF_MEMORY = tests/unit/alloc tests/unit/boot_memory tests/unit/heap \
	tests/unit/pv_random_many tests/unit/pv_random_one \
	tests/unit/pv_stopped tests/unit/pv_tables tests/unit/scrub tests/unit/tlb tests/unit/type_motion \
	tests/unit/window
check_PROGRAMS += $(UNIT_TESTS_OF_MEMORY)
MACHINE_CPPFLAGS = -I$(srcdir)/tests/unit/fake_mm -I$(srcdir)/tests/unit/fake_window \
	$(UNIT_CPPFLAGS) -DDEBUG_BUILD=1
MACHINE_CFLAGS = $(UNIT_CFLAGS) -fno-strict-aliasing
MACHINE_SOURCES = tests/unit/mm_machine.c tests/unit/mm_machine.h tests/unit/unit.h \
	tests/unit/fake_mm/cpu/asm.h tests/unit/fake_mm/cpu/layout.h tests/unit/fake_mm/cpu/percpu.h \
	tests/unit/fake_mm/kern/softirq.h tests/unit/fake_window/mm/window.h \
	hypervisor/cpu/spinlock.c hypervisor/mm/frame.c hypervisor/mm/tlb.c

tests_unit_type_motion_SOURCES = tests/unit/type_motion.c $(MACHINE_SOURCES) \
	hypervisor/mm/type.c hypervisor/mm/type_word.c
tests_unit_type_motion_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_type_motion_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_alloc_SOURCES = tests/unit/alloc.c $(MACHINE_SOURCES) \
	hypervisor/lib/bits.c hypervisor/mm/alloc.c hypervisor/mm/assign.c hypervisor/mm/owner.c
tests_unit_alloc_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_alloc_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_scrub_SOURCES = tests/unit/scrub.c $(MACHINE_SOURCES) \
	hypervisor/lib/bits.c hypervisor/mm/alloc.c hypervisor/mm/assign.c hypervisor/mm/owner.c
tests_unit_scrub_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_scrub_CFLAGS = $(MACHINE_CFLAGS)

PV_MACHINE_SOURCES = $(MACHINE_SOURCES) tests/unit/pv_machine.c tests/unit/pv_machine.h \
	tests/unit/pv_recount.c hypervisor/lib/bits.c hypervisor/mm/alloc.c hypervisor/mm/assign.c hypervisor/mm/owner.c \
	hypervisor/mm/type.c hypervisor/mm/type_word.c hypervisor/pv/continuation.c \
	hypervisor/pv/descriptor_check.c hypervisor/pv/descriptor_tables.c \
	hypervisor/pv/device_memory.c hypervisor/pv/mmu_update.c hypervisor/pv/mmuext.c \
	hypervisor/pv/pt_entry.c hypervisor/pv/pte_check.c hypervisor/pv/table.c hypervisor/pv/walk.c

tests_unit_pv_tables_SOURCES = tests/unit/pv_tables.c tests/unit/pv_guest.c tests/unit/pv_guest.h \
	$(PV_MACHINE_SOURCES)
tests_unit_pv_tables_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_pv_tables_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_pv_random_one_SOURCES = tests/unit/pv_random_one.c tests/unit/pv_random.c \
	tests/unit/pv_random.h $(PV_MACHINE_SOURCES)
tests_unit_pv_random_one_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_pv_random_one_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_pv_random_many_SOURCES = tests/unit/pv_random_many.c tests/unit/pv_random.c \
	tests/unit/pv_random.h $(PV_MACHINE_SOURCES)
tests_unit_pv_random_many_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_pv_random_many_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_pv_stopped_SOURCES = tests/unit/pv_stopped.c tests/unit/pv_guest.c \
	tests/unit/pv_guest.h $(PV_MACHINE_SOURCES)
tests_unit_pv_stopped_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_pv_stopped_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_heap_SOURCES = tests/unit/heap.c $(MACHINE_SOURCES) hypervisor/lib/bits.c \
	hypervisor/mm/alloc.c hypervisor/mm/assign.c hypervisor/mm/heap.c hypervisor/mm/owner.c hypervisor/mm/permanent.c \
	hypervisor/mm/type.c hypervisor/mm/type_word.c
tests_unit_heap_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_heap_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_tlb_SOURCES = tests/unit/tlb.c $(MACHINE_SOURCES)
tests_unit_tlb_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_tlb_CFLAGS = $(MACHINE_CFLAGS)

# The real windows: without the header that stands before theirs.
tests_unit_window_SOURCES = tests/unit/window.c tests/unit/unit.h hypervisor/mm/window.c \
	hypervisor/lib/bits.c
tests_unit_window_CPPFLAGS = -I$(srcdir)/tests/unit/fake_mm $(UNIT_CPPFLAGS)
tests_unit_window_CFLAGS = $(MACHINE_CFLAGS)

tests_unit_boot_memory_SOURCES = tests/unit/boot_memory.c $(MACHINE_SOURCES) \
	hypervisor/lib/bits.c hypervisor/mm/alloc.c hypervisor/mm/assign.c hypervisor/mm/boot_memory.c hypervisor/mm/owner.c
tests_unit_boot_memory_CPPFLAGS = $(MACHINE_CPPFLAGS)
tests_unit_boot_memory_CFLAGS = $(MACHINE_CFLAGS)
