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
include tests/bench/sources.mk
include tests/fuzz/sources.mk
include tests/porter/sources.mk
include tests/proof/sources.mk

EXTRA_DIST += demo tests/README.md tests/run tools/common.sh tools/format tools/packages .ci/run

# Programs that the tests are made of; ./check builds them before it runs anything.
.PHONY: check-full test-programs
test-programs: $(check_PROGRAMS) hypervisor/mortise-faults

check-local: all test-programs
	case ,$(CHECK_KINDS), in \
	*,all,*|*,system,*|*,guest,*|*,perf,*|*,porter,*) $(MAKE) $(AM_MAKEFLAGS) test-image ;; \
	esac
	$(PYTHON3) $(srcdir)/tests/run --build . --kinds $(CHECK_KINDS)

# Everything, however long it takes; what was found and measured is in report.
check-full: all test-image test-programs
	$(PYTHON3) $(srcdir)/tests/run --build . --kinds $(CHECK_KINDS) --full --report report

# How much of the hypervisor the guest tests run, from an image with counters in a build folder of
# its own; the report is in coverage/report. It fails below the limits, and when a test failed.
.PHONY: coverage
coverage:
	$(MKDIR_P) coverage/counts
	rm -f coverage/counts/* coverage/report/*
	test -f coverage/Makefile || \
		(cd coverage && $(abs_srcdir)/configure -q --enable-hypervisor-coverage)
	$(MAKE) $(AM_MAKEFLAGS) -C coverage hypervisor/mortise hypervisor/mortise-faults
	failed=0; \
	MORTISE_COVERAGE=$(abs_builddir)/coverage/counts $(PYTHON3) $(srcdir)/tests/guest/run \
		--on mortise --jobs 1 --build coverage --mortise coverage/hypervisor/mortise || failed=1; \
	$(PYTHON3) $(srcdir)/tests/guest/coverage.py coverage/counts --report coverage/report \
		--least $(srcdir)/tests/guest/coverage-least || failed=1; \
	exit $$failed

# The guest tests on both hypervisors, everything anew: both verdicts side by side, in conformance.
.PHONY: conformance
conformance: hypervisor/mortise
	$(PYTHON3) $(srcdir)/tests/guest/run --on both --fresh --build . \
		--mortise hypervisor/mortise --report conformance

# The other kinds want the network, root or clang; distcheck is about the tarball.
AM_DISTCHECK_CONFIGURE_FLAGS = --with-check=unit
CLEANFILES += report
