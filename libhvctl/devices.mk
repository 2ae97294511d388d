# SPDX-License-Identifier: GPL-2.0-or-later
#
# XenStore's client and devices: disks, network cards.
hvctl_files += libhvctl/bridge.c libhvctl/device.c libhvctl/device.h libhvctl/device_end.c \
	libhvctl/disk.c libhvctl/loop.c libhvctl/nic.c libhvctl/store.c libhvctl/store.h \
	libhvctl/store_state.h libhvctl/store_tools.c libhvctl/store_watch.c \
	libhvctl/store_wire.c
