# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += tests/perf/bounces.S tests/perf/bounces.h tests/perf/budgets tests/perf/calls.c \
	tests/perf/entry.c tests/perf/memory.c tests/perf/perf.h tests/perf/run
