# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += tests/fuzz/run tests/fuzz/acpi.c tests/fuzz/acpi.seed/pc
