# SPDX-License-Identifier: GPL-2.0-or-later
#
# XenStore's client and devices: disks, network cards.
hvctl_files +=
