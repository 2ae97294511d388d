# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += tests/system/cases.py tests/system/dom0 tests/system/elf.py tests/system/mkroot \
	tests/system/qemu.py tests/system/root tests/system/run tests/system/test_badinput.py \
	tests/system/test_boot.py tests/system/test_grub.py tests/system/test_power.py \
	tests/system/test_root.py
