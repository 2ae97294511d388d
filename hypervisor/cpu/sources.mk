# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/cpu/asm.h \
	hypervisor/cpu/control.c \
	hypervisor/cpu/control.h \
	hypervisor/cpu/cpuid.h \
	hypervisor/cpu/descriptors.c \
	hypervisor/cpu/descriptors.h \
	hypervisor/cpu/entry.S \
	hypervisor/cpu/exception.c \
	hypervisor/cpu/exception.h \
	hypervisor/cpu/features.c \
	hypervisor/cpu/features.h \
	hypervisor/cpu/features_parse.c \
	hypervisor/cpu/fixup.h \
	hypervisor/cpu/layout.h \
	hypervisor/cpu/lock.h \
	hypervisor/cpu/mapping.c \
	hypervisor/cpu/mapping.h \
	hypervisor/cpu/msr.c \
	hypervisor/cpu/patch.c \
	hypervisor/cpu/patch.h \
	hypervisor/cpu/percpu.h \
	hypervisor/cpu/pte.h \
	hypervisor/cpu/regs.c \
	hypervisor/cpu/regs.h \
	hypervisor/cpu/spinlock.c \
	hypervisor/cpu/spinlock.h \
	hypervisor/cpu/vectors.S
