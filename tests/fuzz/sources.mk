# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += tests/fuzz/acpi.c tests/fuzz/acpi.seed tests/fuzz/calls tests/fuzz/console_ring.c tests/fuzz/decode.c tests/fuzz/definition.c \
	tests/fuzz/definition.seed tests/fuzz/front_ends.c tests/fuzz/guest_kernel.c tests/fuzz/guest_kernel.seed \
	tests/fuzz/hvstored.c tests/fuzz/hvstored.seed tests/fuzz/kernel.c tests/fuzz/kernel.seed \
	tests/fuzz/multiboot.c tests/fuzz/options.c tests/fuzz/run tests/fuzz/store_answers.c tests/fuzz/unpack.c
