# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/dom/sched.c \
	hypervisor/dom/sched.h \
	hypervisor/dom/sched_cap.c \
	hypervisor/dom/sched_dump.c \
	hypervisor/dom/sched_policy.c \
	hypervisor/dom/sched_policy.h \
	hypervisor/dom/sched_queue.c \
	hypervisor/dom/sched_queue.h

hypervisor_libmortise_a_SOURCES += \
	hypervisor/dom/fpu.c \
	hypervisor/dom/fpu.h
