# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/call/argument.h \
	hypervisor/call/console_io.c \
	hypervisor/call/cpus.c \
	hypervisor/call/cpus.h \
	hypervisor/call/event_channel_op.c \
	hypervisor/call/grant_table_op.c \
	hypervisor/call/handlers.h \
	hypervisor/call/errors.def hypervisor/call/hypercalls.def \
	hypervisor/call/mca.c \
	hypervisor/call/memory.h \
	hypervisor/call/memory_exchange.c \
	hypervisor/call/memory_map.c \
	hypervisor/call/memory_op.c \
	hypervisor/call/memory_reservation.c \
	hypervisor/call/multicall.c \
	hypervisor/call/physdev.h \
	hypervisor/call/physdev_op.c \
	hypervisor/call/physdev_pci.c \
	hypervisor/call/platform_op.c \
	hypervisor/call/pmu.c \
	hypervisor/call/sched_op.c \
	hypervisor/call/table.c \
	hypervisor/call/table.h \
	hypervisor/call/vcpu_op.c \
	hypervisor/call/version.c \
	hypervisor/call/version.h
