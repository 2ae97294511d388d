# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/call/event_channel_op.c \
	hypervisor/call/grant_table_op.c \
	hypervisor/call/handlers.h \
	hypervisor/call/physdev.h \
	hypervisor/call/physdev_op.c \
	hypervisor/call/physdev_pci.c \
	hypervisor/call/sched_op.c
