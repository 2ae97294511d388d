/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes of the calls that a test made (seen.h). A set of words: call, operation, errno or grant
 * status, rule. Arguments are looked at behind the call's back, since tests pass garbage on
 * purpose: only where the running tables map them, inside the image.
 */
#include "harness.h"

#define NO_RULE  0xffffu
#define NO_SUBOP 0xffffu
#define NO_CALL  0xffu

char watch_labels[64 * WATCH_SUBS];

static uint64_t set[1024];
static unsigned int used;
static uint64_t next_refusal;
static bool enabled, mortise, busy;

void seen_enable(int on)
{
    enabled = on != 0;
    mortise = subject_is_mortise();
}

static void note(unsigned int call, unsigned int subop, long result, unsigned int rule)
{
    long failed = result < 0 && result > -4096 ? -result : 0;
    uint64_t word = 1ul << 63 | (uint64_t)call << 48 | (uint64_t)(subop & 0xffff) << 32 |
                    (uint64_t)failed << 16 | rule;
    unsigned int at = (unsigned int)(word * 0x9e3779b97f4a7c15ul >> 54);

    while (set[at] != 0 && set[at] != word) {
        at = (at + 1) % ARRAY_SIZE(set);
    }
    if (set[at] == 0 && used < ARRAY_SIZE(set) - 1) {
        set[at] = word;
        used++;
    }
}

/* Whether all bytes can be read: in the image or in a slot of other domains' frames, and mapped. */
static bool readable(const void *at, size_t bytes)
{
    unsigned long start = (unsigned long)at, end = start + bytes;

    bool slot = start >= SCRATCH_VA && end <= SCRATCH_VA + 0x20000000000ul;

    if (end < start ||
        (!slot && (start < VIRT_BASE || end > VIRT_BASE + (start_info->nr_pages << PAGE_SHIFT)))) {
        return false;
    }
    for (start &= ~(PAGE_SIZE - 1); start < end; start += PAGE_SIZE) {
        const uint64_t *entry = pte_find(start, 2);

        if (entry == NULL || (*entry & PTE_P) == 0) {
            return false;
        }
        if ((*entry & PTE_PS) == 0 && (*pte_find(start, 1) & PTE_P) == 0) {
            return false;
        }
    }
    return true;
}

static unsigned int word_at(const void *at)
{
    return readable(at, sizeof(uint32_t)) ? *(const uint32_t *)at & 0xffff : NO_SUBOP;
}

/* Size of an element of grant_table_op, and where its status lies; false for other operations. */
static bool grant_element(unsigned int op, size_t *bytes, size_t *status)
{
    static const struct {
        uint16_t bytes, status;
    } shapes[] = {
        [GNTTABOP_map_grant_ref] = {sizeof(gnttab_map_grant_ref_t),
                                    offsetof(gnttab_map_grant_ref_t, status)},
        [GNTTABOP_unmap_grant_ref] = {sizeof(gnttab_unmap_grant_ref_t),
                                      offsetof(gnttab_unmap_grant_ref_t, status)},
        [GNTTABOP_setup_table] = {sizeof(gnttab_setup_table_t),
                                  offsetof(gnttab_setup_table_t, status)},
        [GNTTABOP_copy] = {sizeof(gnttab_copy_t), offsetof(gnttab_copy_t, status)},
        [GNTTABOP_query_size] = {sizeof(gnttab_query_size_t),
                                 offsetof(gnttab_query_size_t, status)},
        [GNTTABOP_unmap_and_replace] = {sizeof(gnttab_unmap_and_replace_t),
                                        offsetof(gnttab_unmap_and_replace_t, status)},
        [GNTTABOP_swap_grant_ref] = {sizeof(gnttab_swap_grant_ref_t),
                                     offsetof(gnttab_swap_grant_ref_t, status)},
    };

    if (op >= ARRAY_SIZE(shapes) || shapes[op].bytes == 0) {
        return false;
    }
    *bytes = shapes[op].bytes;
    *status = shapes[op].status;
    return true;
}

/* Statuses of elements, as results of the operation. */
static void note_grants(unsigned int op, const char *elements, unsigned int count)
{
    size_t bytes, status;

    if (!grant_element(op, &bytes, &status)) {
        return;
    }
    for (unsigned int i = 0; i < count && i < 64; i++) {
        const int16_t *at = (const int16_t *)(elements + i * bytes + status);

        if (readable(at, sizeof(*at))) {
            note(__HYPERVISOR_grant_table_op, op, *at, NO_RULE);
        }
    }
}

/* How many elements of a list were done: by the caller's own counter, if it gave one. */
static unsigned int done(const uint64_t args[5], long ret)
{
    const void *counter = (const void *)args[2];

    return ret < 0 && readable(counter, sizeof(uint32_t)) ? *(const uint32_t *)counter : 0;
}

/* The operation that a call asked for, or the one at which it failed. */
static unsigned int subop(unsigned int number, const uint64_t args[5], long ret)
{
    const char *first = (const char *)args[0];

    switch (number) {
    case __HYPERVISOR_memory_op:
        return args[0] & 0x3f;
    case __HYPERVISOR_xen_version:
    case __HYPERVISOR_console_io:
    case __HYPERVISOR_grant_table_op:
    case __HYPERVISOR_vm_assist:
    case __HYPERVISOR_vcpu_op:
    case __HYPERVISOR_set_segment_base:
    case __HYPERVISOR_nmi_op:
    case __HYPERVISOR_sched_op:
    case __HYPERVISOR_callback_op:
    case __HYPERVISOR_event_channel_op:
    case __HYPERVISOR_physdev_op:
    case __HYPERVISOR_xenpmu_op:
    case __HYPERVISOR_mortise_op:
        return args[0] < NO_SUBOP ? (unsigned int)args[0] : NO_SUBOP - 1;
    case __HYPERVISOR_domctl:
    case __HYPERVISOR_sysctl:
    case __HYPERVISOR_platform_op:
    case __HYPERVISOR_arch_0: /* mca */
        return word_at(first);
    case __HYPERVISOR_mmuext_op:
        return word_at(first + sizeof(mmuext_op_t) * done(args, ret));
    case __HYPERVISOR_mmu_update: {
        unsigned int kind = word_at(first + sizeof(mmu_update_t) * done(args, ret));

        return kind == NO_SUBOP ? kind : kind & 7;
    }
    default:
        return NO_SUBOP;
    }
}

/* Notes what a domain was refused since `*from`, with what the records leave open filled in. */
static void note_refusals(domid_t domid, uint64_t *from, unsigned int number, unsigned int op)
{
    static mortise_refusal_t records[16];
    mortise_refusals_t ask = {
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = domid, .first = *from};

    do {
        ask.count = ARRAY_SIZE(records);
        set_xen_guest_handle(ask.buffer, records);
        if (hcall5(__HYPERVISOR_mortise_op, MORTISE_refusals, (long)&ask, 0, 0, 0) != 0) {
            return;
        }
        for (unsigned int i = 0; i < ask.count; i++) {
            const mortise_refusal_t *r = &records[i];
            unsigned int sub = r->subop != MORTISE_NO_SUBOP ? r->subop : NO_SUBOP;

            if (sub == NO_SUBOP && r->hypercall == number) {
                sub = op;
            }
            note(r->hypercall & 0xff, sub, r->error, r->rule);
        }
    } while (ask.count == ARRAY_SIZE(records));
    *from = ask.first;
}

static void note_one(unsigned int number, const uint64_t args[5], long ret)
{
    unsigned int op = subop(number, args, ret);

    note(number & 0xff, op, ret, NO_RULE);
    if (number == __HYPERVISOR_grant_table_op && ret == 0) {
        note_grants(op, (const char *)args[1], (unsigned int)args[2]);
    }
    if (number == __HYPERVISOR_mmuext_op && ret == 0) {
        for (unsigned int i = 1; i < (unsigned int)args[1] && i < 16; i++) {
            note(number, word_at((const char *)args[0] + i * sizeof(mmuext_op_t)), 0, NO_RULE);
        }
    }
}

long seen_call(unsigned int number, const long signed_args[5], long ret)
{
    const uint64_t *args = (const uint64_t *)signed_args;
    unsigned int op = NO_SUBOP, last = number;

    if (!enabled || this_cpu()->id != 0 || busy) {
        return ret;
    }
    busy = true;
    op = subop(number, args, ret);
    watch_label(number, op);
    note_one(number, args, ret);
    if (number == __HYPERVISOR_multicall) {
        const multicall_entry_t *calls = (const multicall_entry_t *)args[0];

        for (unsigned int i = 0; i < (unsigned int)args[1] && i < 64; i++) {
            if (!readable(&calls[i], sizeof(*calls))) {
                break;
            }
            note_one((unsigned int)calls[i].op, calls[i].args, (long)calls[i].result);
            if ((long)calls[i].result < 0) {
                last = (unsigned int)calls[i].op;
                op = subop(last, calls[i].args, (long)calls[i].result);
            }
        }
    }
    if (mortise && (ret < 0 || number == __HYPERVISOR_grant_table_op ||
                    number == __HYPERVISOR_multicall || number == __HYPERVISOR_memory_op)) {
        note_refusals(DOMID_SELF, &next_refusal, last, op);
    }
    busy = false;
    return ret;
}

void seen_foreign(unsigned int domid, unsigned int number, const uint64_t args[5], const void *data,
                  long ret)
{
    static uint64_t next;
    static unsigned int whose;
    uint64_t local[5] = {args[0], args[1], args[2], args[3], args[4]};

    if (!enabled || busy) {
        return;
    }
    busy = true;
    /* A list or a record is the first argument or the second: what is no small number. */
    for (unsigned int i = 0; i < 2; i++) {
        local[i] = local[i] > 0xffffffff ? (uint64_t)data : local[i];
    }
    local[2] = number == __HYPERVISOR_grant_table_op ? local[2] : 0;
    note_one(number, local, ret);
    next = domid == whose ? next : 0;
    whose = domid;
    if (mortise) {
        note_refusals((domid_t)domid, &next, number, subop(number, local, ret));
    }
    busy = false;
}

void seen_begin(void)
{
    if (enabled && mortise) {
        note_refusals(DOMID_SELF, &next_refusal, NO_CALL, NO_SUBOP); /* the last test's audit */
    }
    memset(set, 0, sizeof(set));
    used = 0;
}

void seen_print(const char *test)
{
    char line[400];
    int at = 0;

    if (!enabled) {
        return;
    }
    if (mortise) {
        note_refusals(DOMID_SELF, &next_refusal, NO_CALL, NO_SUBOP);
    }
    for (unsigned int i = 0; i <= ARRAY_SIZE(set); i++) {
        if (at > 0 && (i == ARRAY_SIZE(set) || at > 360)) {
            print("SEEN %s%s\n", test, line);
            at = 0;
        }
        if (i < ARRAY_SIZE(set) && set[i] != 0) {
            at +=
                snprintf(line + at, sizeof(line) - (size_t)at, " %u.%u.%u.%u",
                         (unsigned int)(set[i] >> 48 & 0xff), (unsigned int)(set[i] >> 32) & 0xffff,
                         (unsigned int)(set[i] >> 16) & 0xffff, (unsigned int)set[i] & 0xffff);
        }
    }
}
