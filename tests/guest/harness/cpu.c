/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each vCPU has for itself, event ports, and work given to a second vCPU (cpu.h).
 */
#include "harness.h"

extern char stack_area[];

start_info_t *start_info;
static char shared_page[PAGE_SIZE] __attribute__((aligned(4096)));
shared_info_t *shared_info = (shared_info_t *)shared_page;
static struct cpu cpus[STACK_COUNT];
volatile unsigned long port_hits[4096];

struct cpu *this_cpu(void)
{
    unsigned long stack = (unsigned long)__builtin_frame_address(0) - (unsigned long)stack_area;
    unsigned long id = stack / STACK_BYTES;

    return &cpus[id < STACK_COUNT ? id : 0];
}

struct cpu *cpu_number(unsigned int id)
{
    return &cpus[id];
}

vcpu_info_t *vcpu_info_self(void)
{
    return &shared_info->vcpu_info[this_cpu() - cpus];
}

long cpus_begin(void)
{
    for (unsigned int i = 0; i < STACK_COUNT; i++) {
        cpus[i].id = i;
    }
    return va_set(shared_page, start_info->shared_info | PTE_RW);
}

void upcalls_mask(void)
{
    vcpu_info_self()->evtchn_upcall_mask = 1;
    __asm__ volatile("" : : : "memory");
}

void upcalls_unmask(void)
{
    vcpu_info_t *info = vcpu_info_self();

    info->evtchn_upcall_mask = 0;
    __asm__ volatile("mfence" : : : "memory");
    if (info->evtchn_upcall_pending) {
        hcall(__HYPERVISOR_xen_version, XENVER_version, NULL);
    }
}

bool port_pending(unsigned int port)
{
    return (((volatile xen_ulong_t *)shared_info->evtchn_pending)[port / 64] >> (port % 64)) & 1;
}

bool port_masked(unsigned int port)
{
    return (((volatile xen_ulong_t *)shared_info->evtchn_mask)[port / 64] >> (port % 64)) & 1;
}

void port_mask(unsigned int port, bool masked)
{
    if (masked) {
        __asm__ volatile("lock btsq %1, %0"
                         : "+m"(shared_info->evtchn_mask[0])
                         : "r"((long)port)
                         : "memory");
    } else {
        __asm__ volatile("lock btrq %1, %0"
                         : "+m"(shared_info->evtchn_mask[0])
                         : "r"((long)port)
                         : "memory");
    }
}

void port_clear(unsigned int port)
{
    __asm__ volatile("lock btrq %1, %0"
                     : "+m"(shared_info->evtchn_pending[0])
                     : "r"((long)port)
                     : "memory");
}

void events_reset(void)
{
    vcpu_info_t *info = vcpu_info_self();

    upcalls_mask();
    for (unsigned int i = 0; i < ARRAY_SIZE(port_hits); i++) {
        port_hits[i] = 0;
    }
    memset(shared_info->evtchn_pending, 0, sizeof(shared_info->evtchn_pending));
    info->evtchn_upcall_pending = 0;
    info->evtchn_pending_sel = 0;
    this_cpu()->upcalls = 0;
}

void event_upcall(void)
{
    vcpu_info_t *info = vcpu_info_self();
    unsigned long words;

    this_cpu()->upcalls++;
    info->evtchn_upcall_pending = 0;
    words = __atomic_exchange_n(&info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (unsigned int word = 0; word < 64; word++) {
        unsigned long ports;

        if ((words >> word & 1) == 0) {
            continue;
        }
        ports = shared_info->evtchn_pending[word] & ~shared_info->evtchn_mask[word];
        for (unsigned int bit = 0; bit < 64; bit++) {
            if (ports >> bit & 1) {
                port_clear(word * 64 + bit);
                port_hits[word * 64 + bit]++;
            }
        }
    }
}

uint64_t time_now(void)
{
    const volatile vcpu_time_info_t *time = &vcpu_info_self()->time;
    uint64_t now, ticks;
    uint32_t version;

    do {
        version = time->version;
        __asm__ volatile("lfence" : : : "memory");
        ticks = rdtsc() - time->tsc_timestamp;
        ticks = time->tsc_shift >= 0 ? ticks << time->tsc_shift : ticks >> -time->tsc_shift;
        now = time->system_time +
              (uint64_t)((unsigned __int128)ticks * time->tsc_to_system_mul >> 32);
        __asm__ volatile("lfence" : : : "memory");
    } while ((version & 1) != 0 || version != time->version);
    return now;
}
