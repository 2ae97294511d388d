# SPDX-License-Identifier: GPL-2.0-or-later
#
# Domains: calls, builder, life, host.
hvctl_files +=
