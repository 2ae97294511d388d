# SPDX-License-Identifier: GPL-2.0-or-later
hypervisor_libmortise_a_SOURCES +=
