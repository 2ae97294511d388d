# SPDX-License-Identifier: GPL-2.0-or-later
#
# The control domain's programs.
