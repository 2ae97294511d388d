# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/event/bind.c \
	hypervisor/event/bits.h \
	hypervisor/event/channel.c \
	hypervisor/event/channel.h \
	hypervisor/event/deliver.c \
	hypervisor/event/pirq.c \
	hypervisor/event/pirq.h
