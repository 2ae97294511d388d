# SPDX-License-Identifier: GPL-2.0-or-later
#
# libpvguest and the samples, built and booted by a program of their own.
EXTRA_DIST += tests/porter/control.py tests/porter/dom0 tests/porter/guests.py tests/porter/run \
	tests/porter/sources.py
