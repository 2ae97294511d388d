# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/ctl/audit.c \
	hypervisor/ctl/audit.h \
	hypervisor/ctl/audit_check.c \
	hypervisor/ctl/audit_check.h \
	hypervisor/ctl/audit_domains.c \
	hypervisor/ctl/audit_events.c \
	hypervisor/ctl/audit_grants.c \
	hypervisor/ctl/audit_lists.c \
	hypervisor/ctl/audit_mappings.c \
	hypervisor/ctl/audit_sched.c \
	hypervisor/ctl/audit_walk.c \
	hypervisor/ctl/debug_keys.c \
	hypervisor/ctl/debug_keys.h \
	hypervisor/ctl/bitmap.c \
	hypervisor/ctl/bitmap.h \
	hypervisor/ctl/domain_create.c \
	hypervisor/ctl/domain_destroy.c \
	hypervisor/ctl/domain_info.c \
	hypervisor/ctl/domain_info.h \
	hypervisor/ctl/domain_settings.c \
	hypervisor/ctl/domctl.c \
	hypervisor/ctl/domctl.h \
	hypervisor/ctl/faults.h \
	hypervisor/ctl/faults_none.c \
	hypervisor/ctl/mortise_op.c \
	hypervisor/ctl/permissions.c \
	hypervisor/ctl/policy.c \
	hypervisor/ctl/policy.h \
	hypervisor/ctl/refusals.c \
	hypervisor/ctl/refusals.h \
	hypervisor/ctl/scheduling.c \
	hypervisor/ctl/sysctl.c \
	hypervisor/ctl/vcpu_control.c

# In place of faults_none.c, in the image that tests the audit.
hypervisor_libfaults_a_SOURCES = hypervisor/ctl/faults.c
