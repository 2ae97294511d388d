# SPDX-License-Identifier: GPL-2.0-or-later
#
# Speed as users see it, beside Debian's Xen.
EXTRA_DIST += \
	tests/bench/figures.py \
	tests/bench/machines.py \
	tests/bench/run

check_PROGRAMS += tests/bench/bench
# In the control domain and in its guests.
system_load_programs += tests/bench/bench
tests_bench_bench_SOURCES = \
	tests/bench/programs/bench.c \
	tests/bench/programs/bench.h \
	tests/bench/programs/build.c \
	tests/bench/programs/data.c \
	tests/bench/programs/process.c
tests_bench_bench_CFLAGS = $(SYSTEM_CFLAGS)
tests_bench_bench_LDFLAGS = -all-static

# Mortise beside Debian's Xen on this machine, which should have nothing else to do.
.PHONY: bench-system
bench-system: all test-image
	$(PYTHON3) $(srcdir)/tests/bench/run --build .
