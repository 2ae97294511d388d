# SPDX-License-Identifier: GPL-2.0-or-later
#
# Built by a Makefile of their own, through tests/guest/run.
EXTRA_DIST += \
	tests/guest/Makefile \
	tests/guest/README.md \
	tests/guest/call \
	tests/guest/control \
	tests/guest/coverage-least \
	tests/guest/coverage.py \
	tests/guest/cpu \
	tests/guest/desc \
	tests/guest/differences \
	tests/guest/dom0 \
	tests/guest/domains \
	tests/guest/domrace \
	tests/guest/emul \
	tests/guest/event \
	tests/guest/faults \
	tests/guest/grant \
	tests/guest/harness \
	tests/guest/irq \
	tests/guest/matrix.py \
	tests/guest/memory \
	tests/guest/mmu \
	tests/guest/outside \
	tests/guest/pci \
	tests/guest/race \
	tests/guest/raised.py \
	tests/guest/refusals-cannot \
	tests/guest/refused \
	tests/guest/report.py \
	tests/guest/run \
	tests/guest/start \
	tests/guest/subject.py \
	tests/guest/trap \
	tests/guest/user32 \
	tests/guest/version
