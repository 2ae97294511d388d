# SPDX-License-Identifier: GPL-2.0-or-later
#
# hvconsoled: the consoles of guests.
CONSOLED_CORE = dom0-tools/hvconsoled/console.c dom0-tools/hvconsoled/console.h \
	dom0-tools/hvconsoled/finder.h dom0-tools/hvconsoled/history.c \
	dom0-tools/hvconsoled/history.h dom0-tools/hvconsoled/logfile.c \
	dom0-tools/hvconsoled/logfile.h dom0-tools/hvconsoled/protocol.h \
	dom0-tools/hvconsoled/rate.c dom0-tools/hvconsoled/rate.h \
	dom0-tools/hvconsoled/reader.c dom0-tools/hvconsoled/reader.h \
	dom0-tools/hvconsoled/ring.c dom0-tools/hvconsoled/ring.h \
	dom0-tools/hvconsoled/server.c dom0-tools/hvconsoled/server.h \
	dom0-tools/hvconsoled/terminal.c dom0-tools/hvconsoled/terminal.h

sbin_PROGRAMS += dom0-tools/hvconsoled/hvconsoled
dom0_tools_hvconsoled_hvconsoled_SOURCES = dom0-tools/hvconsoled/main.c \
	dom0-tools/hvconsoled/finder.c dom0-tools/hvconsoled/monitor.c \
	dom0-tools/hvconsoled/monitor.h $(CONSOLED_CORE)
dom0_tools_hvconsoled_hvconsoled_CPPFLAGS = $(HVCTL_CPPFLAGS)
dom0_tools_hvconsoled_hvconsoled_LDADD = libhvctl/libhvctl.la -lpthread
