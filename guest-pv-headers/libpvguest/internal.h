/* SPDX-License-Identifier: MIT */
/*
 * internal.h: what the files of libpvguest share and no kernel needs.
 *
 * Order of start: memory, shared page, traps, events, console, grants; then guest_main().
 */
#ifndef PVGUEST_INTERNAL_H
#define PVGUEST_INTERNAL_H

#include <pv/barrier.h>
#include <pv/cpu.h>
#include <pv/device.h>
#include <pv/memory.h>
#include <xen/callback.h>
#include <xen/memory.h>
#include <xen/vcpu.h>
#include <xen/version.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);

void pvguest_start(start_info_t *info);
void pvguest_memory_start(void);
void pvguest_traps_start(void);
void pvguest_traps_fill(struct trap_info table[256]);
void pvguest_events_start(void);
void pvguest_timer_start(void);
void pvguest_console_start(void);
void pvguest_stack_mark(void *stack, unsigned int cpu);
void pvguest_upcall(void);
void pvguest_timer_set(uint64_t deadline);

/* entry.S, and what it calls. */
struct pvguest_entry {
    uint64_t vector, address;
};
extern const struct pvguest_entry pv_entries[];
extern char pv_boot_stack[], pv_entry_upcall[], pv_entry_failsafe[], pv_cpu_entry[];
void pv_entry(struct pv_regs *regs);
void pv_cpu_begin(void *arg);

/* This vCPU's part of the shared page. */
static inline struct vcpu_info *pvguest_vcpu(void)
{
    return &pv_shared_info->vcpu_info[pv_cpu()];
}

/*
 * bus.c, for front ends: the folders of both ends once the back end is ready for us; the way down;
 * a zeroed page lent to the back end, and back: false while it is still mapped there.
 */
int pvguest_bus_attach(const char *kind, unsigned int index, char folder[64], char backend[128],
                       domid_t *peer);
void pvguest_bus_detach(const char *folder, const char *backend);
int pvguest_ring_alloc(domid_t peer, void **page, grant_ref_t *ref);
bool pvguest_ring_free(void *page, grant_ref_t ref);

/* Panics with the call's name: for calls that fail only when the library itself is wrong. */
void pvguest_must(long result, const char *what);

#endif
