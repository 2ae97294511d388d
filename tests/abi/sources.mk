# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += tests/abi/abicheck tests/abi/allowed tests/abi/behaviour.c tests/abi/run
