# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES += \
	hypervisor/dev/acpi.c \
	hypervisor/dev/acpi.h \
	hypervisor/dev/acpi_parse.c \
	hypervisor/dev/clock.c \
	hypervisor/dev/clock.h \
	hypervisor/dev/device_page.c \
	hypervisor/dev/device_page.h \
	hypervisor/dev/hpet.c \
	hypervisor/dev/ioapic.c \
	hypervisor/dev/ioapic.h \
	hypervisor/dev/lapic.c \
	hypervisor/dev/lapic.h \
	hypervisor/dev/lapic_ops.c \
	hypervisor/dev/msi.c \
	hypervisor/dev/msi.h \
	hypervisor/dev/pci.c \
	hypervisor/dev/pci.h \
	hypervisor/dev/pic.c \
	hypervisor/dev/pic.h \
	hypervisor/dev/pit.c \
	hypervisor/dev/pmtimer.c \
	hypervisor/dev/rtc.c \
	hypervisor/dev/rtc.h \
	hypervisor/dev/rtc_time.c \
	hypervisor/dev/uart.c \
	hypervisor/dev/uart.h \
	hypervisor/dev/uart_config.c
