/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpvguest's block and network front ends against a back end and a store that do anything: the
 * fuzzer writes the answers' bytes, the counters of both rings, and what the store says of a
 * device. No call of the library touches memory that is not its own or runs for ever, a length
 * never exceeds the caller's buffer, and a closed device leaves no port behind.
 *
 * sources: tests/unit/guest_machine.c tests/unit/guest_machine_store.c \
 * guest-pv-headers/libpvguest/block.c guest-pv-headers/libpvguest/bus.c \
 * guest-pv-headers/libpvguest/format.c guest-pv-headers/libpvguest/grant.c \
 * guest-pv-headers/libpvguest/net.c guest-pv-headers/libpvguest/store.c
 * libraries: -DPV_HYPERCALL_EXTERN -Itests/unit
 */
