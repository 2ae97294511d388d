# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/dom/ctl_domain.c \
	hypervisor/dom/ctl_domain.h \
	hypervisor/dom/domain.c \
	hypervisor/dom/domain.h \
	hypervisor/dom/fpu.c \
	hypervisor/dom/fpu.h \
	hypervisor/dom/idle.c \
	hypervisor/dom/idle.h \
	hypervisor/dom/sched.c \
	hypervisor/dom/sched.h \
	hypervisor/dom/sched_cap.c \
	hypervisor/dom/sched_dump.c \
	hypervisor/dom/sched_move.c \
	hypervisor/dom/sched_policy.c \
	hypervisor/dom/sched_policy.h \
	hypervisor/dom/sched_queue.c \
	hypervisor/dom/sched_queue.h \
	hypervisor/dom/sched_share.c \
	hypervisor/dom/switch.c \
	hypervisor/dom/switch.h \
	hypervisor/dom/time_info.c \
	hypervisor/dom/time_info.h \
	hypervisor/dom/vcpu.c \
	hypervisor/dom/vcpu.h
