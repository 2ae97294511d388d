# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += tests/perf/bench_page.py \
	tests/perf/bounces.S tests/perf/bounces.h tests/perf/budgets tests/perf/calls.c \
	tests/perf/counts \
	tests/perf/entry.c \
	tests/perf/figures.py \
	tests/perf/longest.py \
	tests/perf/memory.c \
	tests/perf/pair.c \
	tests/perf/perf.h \
	tests/perf/run \
	tests/perf/sections \
	tests/perf/sections-page \
	tests/perf/sections.py \
	tests/perf/watch/insn.c \
	tests/perf/watch/insn.h \
	tests/perf/watch/plugin.h \
	tests/perf/watch/rounds.c \
	tests/perf/watch/sections.c \
	tests/perf/watch/stay.c \
	tests/perf/watch/stay.h \
	tests/perf/watch/watch.py

# Every primitive on Mortise and on Debian's Xen, with and without defences against speculation.
# bench-page writes docs/bench.md too.
.PHONY: bench bench-page
bench bench-page: hypervisor/mortise
	$(PYTHON3) $(srcdir)/tests/perf/run --bench --build . --mortise hypervisor/mortise \
		$(if $(filter bench-page,$@),--write)

# docs/sections.md anew: the longest sections of the hypervisor, by all guest tests and some fuzzing.
.PHONY: sections-page
sections-page: hypervisor/mortise
	$(PYTHON3) $(srcdir)/tests/perf/run sections --full --write --build . \
		--mortise hypervisor/mortise
