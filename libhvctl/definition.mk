# SPDX-License-Identifier: GPL-2.0-or-later
#
# Definitions: libvirt's XML and its schema.
hvctl_files +=
