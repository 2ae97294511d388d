# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/pv/pv.h

hypervisor_libmortise_a_SOURCES += \
	hypervisor/pv/alu.c \
	hypervisor/pv/alu.h \
	hypervisor/pv/control.c \
	hypervisor/pv/control.h \
	hypervisor/pv/cpuid.c \
	hypervisor/pv/cpuid.h \
	hypervisor/pv/cpuid_policy.c \
	hypervisor/pv/cpuid_policy.h \
	hypervisor/pv/decode.c \
	hypervisor/pv/decode.h \
	hypervisor/pv/emulate.c \
	hypervisor/pv/emulate.h \
	hypervisor/pv/emulate_io.c \
	hypervisor/pv/emulate_pt.c \
	hypervisor/pv/hypercall_page.c \
	hypervisor/pv/hypercall_page.h \
	hypervisor/pv/hypercall_page_fill.c \
	hypervisor/pv/io_ports.c \
	hypervisor/pv/io_ports.h \
	hypervisor/pv/msr.c \
	hypervisor/pv/pci_access.c \
	hypervisor/pv/registers.c \
	hypervisor/pv/segment.c \
	hypervisor/pv/segment.h \
	hypervisor/pv/segment_decode.c
