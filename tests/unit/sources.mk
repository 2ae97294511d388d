# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests: the hypervisor's pure files, compiled for the host with sanitizers.  Each is a program of its own.
EXTRA_DIST +=

UNIT_CPPFLAGS = -I$(srcdir)/hypervisor -I$(srcdir)/guest-pv-headers/include -I$(srcdir)/tests/unit \
	-D__XEN__ -D__XEN_TOOLS__
UNIT_CFLAGS = $(AM_CFLAGS) -g -fsanitize=address,undefined -fno-sanitize-recover=all

UNIT_TESTS = tests/unit/event_bits tests/unit/grant_claim tests/unit/sched_policy
check_PROGRAMS += $(UNIT_TESTS)

UNIT_TESTS += tests/unit/audit_check
tests_unit_audit_check_SOURCES = tests/unit/audit_check.c tests/unit/unit.h \
	hypervisor/ctl/audit_check.c
tests_unit_audit_check_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_audit_check_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/watch
tests_unit_watch_SOURCES = tests/unit/watch.c tests/unit/unit.h tests/perf/watch/insn.c \
	tests/perf/watch/insn.h tests/perf/watch/stay.c tests/perf/watch/stay.h
tests_unit_watch_CPPFLAGS = -I$(srcdir)/tests/perf/watch $(UNIT_CPPFLAGS)
tests_unit_watch_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/memory_calls
tests_unit_memory_calls_SOURCES = tests/unit/memory_calls.c tests/unit/memory_calls_machine.h tests/unit/fake_kernel.c \
	tests/unit/fake_kernel.h tests/unit/unit.h tests/unit/calls/cpu/layout.h \
	tests/unit/calls/cpu/percpu.h tests/unit/calls/cpu/spinlock.h \
	tests/unit/calls/pv/continuation.h \
	tests/unit/fake/cpu/percpu.h tests/unit/fake/cpu/spinlock.h hypervisor/call/memory_exchange.c \
	hypervisor/call/memory_op.c hypervisor/call/memory_reservation.c hypervisor/mm/frame.c
tests_unit_memory_calls_CPPFLAGS = -I$(srcdir)/tests/unit/calls $(UNIT_CPPFLAGS)
tests_unit_memory_calls_CFLAGS = $(UNIT_CFLAGS)

tests_unit_event_bits_SOURCES = tests/unit/event_bits.c tests/unit/unit.h hypervisor/event/bits.h
tests_unit_event_bits_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_event_bits_CFLAGS = $(UNIT_CFLAGS)
tests_unit_event_bits_LDADD = -lpthread

tests_unit_grant_claim_SOURCES = tests/unit/grant_claim.c tests/unit/unit.h hypervisor/grant/claim.c
tests_unit_grant_claim_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_grant_claim_CFLAGS = $(UNIT_CFLAGS)
tests_unit_grant_claim_LDADD = -lpthread

UNIT_TESTS += tests/unit/event_channels tests/unit/event_pirqs
tests_unit_event_channels_SOURCES = tests/unit/event_channels.c $(event_fixture)
tests_unit_event_channels_CPPFLAGS = -I$(srcdir)/tests/unit/fake $(UNIT_CPPFLAGS)
tests_unit_event_channels_CFLAGS = $(UNIT_CFLAGS)
tests_unit_event_pirqs_SOURCES = tests/unit/event_pirqs.c $(event_fixture)
tests_unit_event_pirqs_CPPFLAGS = -I$(srcdir)/tests/unit/fake $(UNIT_CPPFLAGS)
tests_unit_event_pirqs_CFLAGS = $(UNIT_CFLAGS)
event_fixture = tests/unit/event_fixture.c tests/unit/event_fixture.h tests/unit/fake_kernel.c \
	tests/unit/fake_kernel.h tests/unit/unit.h tests/unit/fake/cpu/percpu.h \
	tests/unit/fake/cpu/spinlock.h \
	hypervisor/event/bind.c hypervisor/event/channel.c \
	hypervisor/event/deliver.c hypervisor/event/pirq.c

UNIT_TESTS += tests/unit/grants
tests_unit_grants_SOURCES = tests/unit/grants.c tests/unit/fake_kernel.c tests/unit/fake_kernel.h \
	tests/unit/fake_memory.c tests/unit/fake_memory.h tests/unit/grant_fixture.h \
	tests/unit/unit.h tests/unit/fake/cpu/percpu.h \
	tests/unit/fake/cpu/spinlock.h tests/unit/fake/mm/frame.h \
	tests/unit/fake/mm/tlb.h tests/unit/fake/mm/type.h tests/unit/fake/mm/window.h \
	hypervisor/grant/claim.c hypervisor/grant/copy.c \
	hypervisor/grant/map.c hypervisor/grant/mapping.c hypervisor/grant/table.c
tests_unit_grants_CPPFLAGS = -I$(srcdir)/tests/unit/fake $(UNIT_CPPFLAGS)
tests_unit_grants_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/sched
tests_unit_sched_SOURCES = tests/unit/sched.c tests/unit/sched_machine.c \
	tests/unit/sched_machine.h tests/unit/unit.h tests/unit/fake/cpu/asm.h \
	tests/unit/fake/cpu/percpu.h \
	tests/unit/fake/cpu/spinlock.h hypervisor/dom/sched.c hypervisor/dom/sched_cap.c \
	hypervisor/dom/sched_move.c hypervisor/dom/sched_policy.c \
	hypervisor/dom/sched_queue.c hypervisor/dom/sched_share.c
tests_unit_sched_CPPFLAGS = -I$(srcdir)/tests/unit/fake $(UNIT_CPPFLAGS)
tests_unit_sched_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/fpu
tests_unit_fpu_SOURCES = tests/unit/fpu.c tests/unit/unit.h tests/unit/fake/cpu/asm.h \
	hypervisor/dom/fpu.c hypervisor/cpu/features_parse.c
tests_unit_fpu_CPPFLAGS = -I$(srcdir)/tests/unit/fake $(UNIT_CPPFLAGS)
tests_unit_fpu_CFLAGS = $(UNIT_CFLAGS)

tests_unit_sched_policy_SOURCES = tests/unit/sched_policy.c tests/unit/unit.h \
	hypervisor/dom/sched_policy.c
tests_unit_sched_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_sched_policy_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/acpi tests/unit/devices tests/unit/lapic \
	tests/unit/text_ring tests/unit/time_scale tests/unit/timer_heap

tests_unit_acpi_SOURCES = tests/unit/acpi.c tests/unit/unit.h \
	hypervisor/dev/acpi_parse.c
tests_unit_acpi_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_acpi_CFLAGS = $(UNIT_CFLAGS)

tests_unit_devices_SOURCES = tests/unit/devices.c tests/unit/unit.h \
	hypervisor/dev/uart_config.c hypervisor/dev/rtc_time.c \
	hypervisor/kern/vector_map.c hypervisor/kern/symbols.c hypervisor/kern/input_switch.c \
	hypervisor/lib/string.c
tests_unit_devices_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_devices_CFLAGS = $(UNIT_CFLAGS)

tests_unit_lapic_SOURCES = tests/unit/lapic.c tests/unit/unit.h \
	hypervisor/dev/lapic_ops.c
tests_unit_lapic_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_lapic_CFLAGS = $(UNIT_CFLAGS)

tests_unit_text_ring_SOURCES = tests/unit/text_ring.c tests/unit/unit.h \
	hypervisor/kern/text_ring.c
tests_unit_text_ring_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_text_ring_CFLAGS = $(UNIT_CFLAGS)
tests_unit_text_ring_LDADD = -lpthread

tests_unit_time_scale_SOURCES = tests/unit/time_scale.c tests/unit/unit.h \
	hypervisor/kern/time_scale.c hypervisor/lib/muldiv.c
tests_unit_time_scale_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_time_scale_CFLAGS = $(UNIT_CFLAGS)

tests_unit_timer_heap_SOURCES = tests/unit/timer_heap.c tests/unit/unit.h \
	hypervisor/kern/timer_heap.c
tests_unit_timer_heap_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_timer_heap_CFLAGS = $(UNIT_CFLAGS)

# These run on a fake machine: headers in machine/ stand for the ones of cpu/ that reach for the hardware.
UNIT_TESTS += tests/unit/irq tests/unit/time_sync tests/unit/timer
UNIT_MACHINE = tests/unit/machine/cpu/asm.h tests/unit/machine/cpu/percpu.h \
	tests/unit/machine/cpu/spinlock.h

tests_unit_irq_SOURCES = tests/unit/irq.c tests/unit/irq_machine.c tests/unit/irq_machine.h \
	tests/unit/unit.h $(UNIT_MACHINE) \
	hypervisor/kern/irq.c hypervisor/kern/irq_guest.c hypervisor/kern/irq_msi.c \
	hypervisor/kern/vector_map.c hypervisor/lib/bits.c
tests_unit_irq_CPPFLAGS = -I$(srcdir)/tests/unit/machine $(UNIT_CPPFLAGS)
tests_unit_irq_CFLAGS = $(UNIT_CFLAGS)

tests_unit_time_sync_SOURCES = tests/unit/time_sync.c tests/unit/unit.h $(UNIT_MACHINE) \
	hypervisor/kern/time_sync.c
tests_unit_time_sync_CPPFLAGS = -I$(srcdir)/tests/unit/machine $(UNIT_CPPFLAGS)
tests_unit_time_sync_CFLAGS = $(UNIT_CFLAGS)
tests_unit_time_sync_LDADD = -lpthread

tests_unit_timer_SOURCES = tests/unit/timer.c tests/unit/unit.h $(UNIT_MACHINE) \
	hypervisor/kern/timer.c hypervisor/kern/timer_heap.c
tests_unit_timer_CPPFLAGS = -I$(srcdir)/tests/unit/machine $(UNIT_CPPFLAGS)
tests_unit_timer_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/alu tests/unit/cpuid_policy tests/unit/decode tests/unit/segment

tests_unit_alu_SOURCES = tests/unit/alu.c tests/unit/unit.h \
	hypervisor/pv/alu.c hypervisor/pv/registers.c
tests_unit_alu_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_alu_CFLAGS = $(UNIT_CFLAGS)

tests_unit_cpuid_policy_SOURCES = tests/unit/cpuid_policy.c tests/unit/unit.h \
	hypervisor/pv/cpuid_policy.c hypervisor/pv/policy_list.c hypervisor/cpu/features_parse.c
tests_unit_cpuid_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_cpuid_policy_CFLAGS = $(UNIT_CFLAGS)

tests_unit_decode_SOURCES = tests/unit/decode.c tests/unit/unit.h hypervisor/pv/decode.c
tests_unit_decode_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_decode_CFLAGS = $(UNIT_CFLAGS)

tests_unit_segment_SOURCES = tests/unit/segment.c tests/unit/unit.h \
	hypervisor/pv/segment_decode.c hypervisor/pv/hypercall_page_fill.c
tests_unit_segment_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_segment_CFLAGS = $(UNIT_CFLAGS)

UNIT_TESTS += tests/unit/spinlock
tests_unit_spinlock_SOURCES = tests/unit/spinlock.c tests/unit/unit.h \
	tests/unit/waiting/cpu/asm.h tests/unit/waiting/cpu/percpu.h hypervisor/cpu/spinlock.c
tests_unit_spinlock_CPPFLAGS = -I$(srcdir)/tests/unit/waiting $(UNIT_CPPFLAGS)
tests_unit_spinlock_CFLAGS = $(UNIT_CFLAGS)
tests_unit_spinlock_LDADD = -lpthread
