# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/grant/claim.c \
	hypervisor/grant/claim.h \
	hypervisor/grant/copy.c \
	hypervisor/grant/grant.h \
	hypervisor/grant/map.c \
	hypervisor/grant/mapping.c \
	hypervisor/grant/mapping.h \
	hypervisor/grant/table.c
