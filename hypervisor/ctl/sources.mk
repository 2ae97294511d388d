# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/ctl/domain_info.c \
	hypervisor/ctl/domain_info.h \
	hypervisor/ctl/domctl.c \
	hypervisor/ctl/mortise_op.c \
	hypervisor/ctl/refusals.c \
	hypervisor/ctl/refusals.h \
	hypervisor/ctl/sysctl.c
