# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests: each kind lists its files in its own folder.

include tests/style/sources.mk
include tests/abi/sources.mk
include tests/unit/sources.mk
include tests/guest/sources.mk
include tests/system/sources.mk
include tests/perf/sources.mk
include tests/fuzz/sources.mk
