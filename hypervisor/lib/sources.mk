# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/lib/bits.c \
	hypervisor/lib/bits.h \
	hypervisor/lib/errno.h \
	hypervisor/lib/format.c \
	hypervisor/lib/list.h \
	hypervisor/lib/muldiv.c \
	hypervisor/lib/muldiv.h \
	hypervisor/lib/printk.h \
	hypervisor/lib/ranges.c \
	hypervisor/lib/ranges.h \
	hypervisor/lib/refusal.h \
	hypervisor/lib/refusals.def \
	hypervisor/lib/string.c \
	hypervisor/lib/string.h \
	hypervisor/lib/types.h \
	hypervisor/lib/upcall.h \
	hypervisor/lib/version.h
