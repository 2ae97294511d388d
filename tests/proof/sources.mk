# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proofs of functions that ship, and models of races.

EXTRA_DIST += \
	tests/proof/atomics.h \
	tests/proof/decode_all.c \
	tests/proof/event_all.c \
	tests/proof/event_pair.pml \
	tests/proof/frama.py \
	tests/proof/functions.py \
	tests/proof/grant_map.pml \
	tests/proof/models.py \
	tests/proof/run \
	tests/proof/spin.py \
	tests/proof/teardown.pml \
	tests/proof/type_machine.pml \
	tests/proof/wake.pml \
	tests/proof/window.pml

# All of them, the long ones too; what they need is in tools/packages.
.PHONY: verify
verify:
	$(PYTHON3) $(srcdir)/tests/run --build . --kinds proof --full
