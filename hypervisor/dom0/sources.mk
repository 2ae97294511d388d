# SPDX-License-Identifier: GPL-2.0-or-later

hypervisor_libmortise_a_SOURCES += \
	hypervisor/dom0/build.c \
	hypervisor/dom0/build.h \
	hypervisor/dom0/elf.c \
	hypervisor/dom0/elf.h \
	hypervisor/dom0/elf_note.c \
	hypervisor/dom0/elf_note.h \
	hypervisor/dom0/layout.c \
	hypervisor/dom0/layout.h \
	hypervisor/dom0/memory.c \
	hypervisor/dom0/memory.h \
	hypervisor/dom0/tables.c
