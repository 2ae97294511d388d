# SPDX-License-Identifier: GPL-2.0-or-later
#
# Domains: calls, builder, life, host.
hvctl_files += libhvctl/ask.c libhvctl/build.h libhvctl/build_initrd.c libhvctl/build_kernel.c \
	libhvctl/build_memory.c libhvctl/build_start.c libhvctl/build_tables.c libhvctl/calls.c \
	libhvctl/calls.h libhvctl/create.c libhvctl/create_domain.c libhvctl/domain.c \
	libhvctl/domain.h libhvctl/kernel_elf.c libhvctl/kernel_elf.h libhvctl/guest_store.c \
	libhvctl/layout.c libhvctl/layout.h libhvctl/machine.c libhvctl/machine.h \
	libhvctl/dump.c libhvctl/dump.h libhvctl/dump_form.c \
	libhvctl/audit.c libhvctl/dump_frames.c libhvctl/events.c libhvctl/find.c libhvctl/grants.c libhvctl/host.c libhvctl/info.c libhvctl/life.c libhvctl/monitor.c libhvctl/refusals.c libhvctl/sched.c
