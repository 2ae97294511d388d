# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/boot/cpu.c \
	hypervisor/boot/cpu.h \
	hypervisor/boot/firmware.c \
	hypervisor/boot/firmware.h \
	hypervisor/boot/head.S \
	hypervisor/boot/multiboot.c \
	hypervisor/boot/multiboot.h \
	hypervisor/boot/options.c \
	hypervisor/boot/options.h \
	hypervisor/boot/start.c \
	hypervisor/boot/trampoline.S
