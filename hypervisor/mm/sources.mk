# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/mm/alloc.c \
	hypervisor/mm/alloc.h \
	hypervisor/mm/alloc_fault.h \
	hypervisor/mm/assign.c \
	hypervisor/mm/boot_memory.c \
	hypervisor/mm/boot_memory.h \
	hypervisor/mm/frame.c \
	hypervisor/mm/frame.h \
	hypervisor/mm/guest_copy.c \
	hypervisor/mm/guest_access.h hypervisor/mm/guest_copy.h \
	hypervisor/mm/heap.c \
	hypervisor/mm/heap.h \
	hypervisor/mm/heap_map.h \
	hypervisor/mm/m2p.c \
	hypervisor/mm/m2p.h \
	hypervisor/mm/owner.c \
	hypervisor/mm/owner.h \
	hypervisor/mm/permanent.c \
	hypervisor/mm/permanent.h \
	hypervisor/mm/tlb.c \
	hypervisor/mm/tlb.h \
	hypervisor/mm/type.c \
	hypervisor/mm/type.h \
	hypervisor/mm/type_word.c \
	hypervisor/mm/type_word.h \
	hypervisor/mm/window.c \
	hypervisor/mm/window.h
