# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests: each kind lists its files in its own folder.

include tests/style/sources.mk
include tests/abi/sources.mk
include tests/unit/sources.mk
include tests/unit/core.mk
include tests/unit/tools.mk
include tests/unit/definition.mk
include tests/unit/hvctl.mk
include tests/unit/hvstored.mk
include tests/store/sources.mk
include tests/unit/guests.mk
include tests/guest/sources.mk
include tests/system/sources.mk
include tests/perf/sources.mk
include tests/fuzz/sources.mk
include tests/porter/sources.mk
include tests/proof/sources.mk

EXTRA_DIST += demo tests/README.md tests/run tools/common.sh tools/format tools/packages .ci/run

# Programs that the tests are made of; ./check builds them before it runs anything.
.PHONY: check-full test-programs
test-programs: $(check_PROGRAMS)

check-local: all test-programs
	case ,$(CHECK_KINDS), in \
	*,all,*|*,system,*|*,guest,*|*,perf,*|*,porter,*) $(MAKE) $(AM_MAKEFLAGS) test-image ;; \
	esac
	$(PYTHON3) $(srcdir)/tests/run --build . --kinds $(CHECK_KINDS)

# Everything, however long it takes; what was found and measured is in report.
check-full: all test-image test-programs
	$(PYTHON3) $(srcdir)/tests/run --build . --kinds $(CHECK_KINDS) --full --report report

# How much of the hypervisor the guest tests run, from an image with counters in a build folder of
# its own; COVERAGE_LEAST are the folders' shares (lines/branches, per cent) below which it fails.
COVERAGE_LEAST = call=85/70 event=80/60 grant=78/60 pv=80/65
.PHONY: coverage
coverage:
	$(MKDIR_P) coverage/counts
	rm -f coverage/counts/*
	test -f coverage/Makefile || \
		(cd coverage && $(abs_srcdir)/configure -q --enable-hypervisor-coverage)
	$(MAKE) $(AM_MAKEFLAGS) -C coverage hypervisor/mortise
	MORTISE_COVERAGE=$(abs_builddir)/coverage/counts $(PYTHON3) $(srcdir)/tests/guest/run \
		--on mortise --build coverage --mortise coverage/hypervisor/mortise
	$(PYTHON3) $(srcdir)/tests/guest/coverage.py coverage/counts --least $(COVERAGE_LEAST)

# The other kinds want the network, root or clang; distcheck is about the tarball.
AM_DISTCHECK_CONFIGURE_FLAGS = --with-check=unit
CLEANFILES += report
