/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults that can be seeded, one line each: whose record, and how it changes. Only in the image
 * mortise-faults.
 *
 * Nothing is locked: the test that asks for it lets nothing else happen, and takes the fault back
 * before it goes on. The record is what changes, never the object: an audit is the only one to see
 * it.
 */
#include "ctl/faults.h"
#include "cpu/pte.h"
#include "dom/sched_queue.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/alloc.h"
#include "mm/alloc_fault.h"
#include "mm/type_word.h"
#include "mm/window.h"
#include "pv/pv.h"

const bool fault_possible = true;

/* The object as far as there is one: the frame, vCPU, channel or PIRQ that the argument names. */
struct victim {
    struct domain *d;
    struct frame *frame;
    struct vcpu *v;
    struct event_channel *channel;
    struct pirq *pirq;
    struct grant_pins *pins;
    struct grant_mapping *mapping;
    uint64_t object;
    int32_t change;
};

static void page_ref(const struct victim *x)
{
    x->frame->refs += (uint32_t)x->change;
}

static void type_ref(const struct victim *x)
{
    x->frame->type += (uint64_t)(int64_t)x->change;
}

static void pin(const struct victim *x)
{
    x->frame->type ^= TYPE_PINNED;
}

static void validated(const struct victim *x)
{
    x->frame->type ^= TYPE_VALIDATED;
}

static void word_change(uint64_t at, uint64_t bits)
{
    uint64_t *t = window_map(paddr_to_mfn(paddr(at)));

    t[(at & ~PAGE_MASK) / 8] ^= bits;
    window_unmap(t);
}

static void entry(const struct victim *x)
{
    word_change(x->object, PTE_RW);
}

static void entry_frame(const struct victim *x)
{
    uint64_t *t = window_map(paddr_to_mfn(paddr(x->object)));
    uint64_t *e = &t[(x->object & ~PAGE_MASK) / 8];

    *e += (uint64_t)(int64_t)x->change << PAGE_SHIFT;
    window_unmap(t);
}

static void l4_slot(const struct victim *x)
{
    word_change(mfn_to_paddr(mfn(x->object)).a + (uint64_t)HV_SLOT_LAST * 8, 1UL << 9);
}

static void frames(const struct victim *x)
{
    x->d->memory.tot_pages += (uint64_t)(int64_t)x->change;
}

static void shared_frames(const struct victim *x)
{
    x->d->memory.shared_pages += (uint64_t)(int64_t)x->change;
}

static void listed(const struct victim *x)
{
    x->frame->flags ^= FRAME_LISTED;
}

static void claimed(const struct victim *x)
{
    x->d->memory.claimed += (uint64_t)(int64_t)x->change;
}

static void m2p_entry(const struct victim *x)
{
    m2p[x->object] ^= 0xfff;
}

static void grant_readers(const struct victim *x)
{
    x->pins->readers += (uint32_t)x->change;
}

static void grant_writers(const struct victim *x)
{
    x->pins->writers += (uint32_t)x->change;
}

static void grant_frames(const struct victim *x)
{
    x->d->grants->frames += (uint32_t)x->change;
}

static void mappings(const struct victim *x)
{
    x->d->grants->mappings += (uint32_t)x->change;
}

static void mapping_kind(const struct victim *x)
{
    x->mapping->flags ^= MAPPING_READONLY;
}

static void mapping_free(const struct victim *x)
{
    x->d->grants->first_free += (uint32_t)x->change;
}

static void ports(const struct victim *x)
{
    x->d->events->used += (uint32_t)x->change;
}

static void port_peer(const struct victim *x)
{
    x->channel->peer.port += (uint32_t)x->change;
}

static void port_vcpu(const struct victim *x)
{
    x->channel->vcpu = (uint16_t)(x->channel->vcpu + x->change * 100);
}

static void port_free(const struct victim *x)
{
    x->d->events->lowest_free += (uint32_t)x->change;
}

static void virq(const struct victim *x)
{
    x->d->vcpus[0]->virq_port[x->object] += (uint32_t)x->change;
}

static void pirq_port(const struct victim *x)
{
    x->pirq->port += (uint32_t)x->change;
}

static void pirq_bound(const struct victim *x)
{
    x->pirq->bound = !x->pirq->bound;
}

static void waiting(const struct victim *x)
{
    sched_cpus[x->object].waiting += (uint32_t)x->change;
}

static void load(const struct victim *x)
{
    sched_cpus[x->object].load += (uint32_t)x->change;
}

static void active(const struct victim *x)
{
    x->d->sched.active += (uint32_t)x->change;
}

static void parked(const struct victim *x)
{
    x->v->sched.parked = !x->v->sched.parked;
}

static void domain_ref(const struct victim *x)
{
    x->d->refs += (uint32_t)x->change;
}

static void window(const struct victim *x)
{
    x->v->pv->windows.users[WINDOWS - 1] =
        (uint8_t)(x->v->pv->windows.users[WINDOWS - 1] + x->change);
}

static void undo(const struct victim *x)
{
    x->v->pv->undo_count += (uint32_t)x->change;
}

static void ldt(const struct victim *x)
{
    x->v->pv->ldt_mapped ^= 0x8000;
}

static void shared_info(const struct victim *x)
{
    x->d->shared_mfn.n += (uint64_t)(int64_t)x->change;
}

static void teardown(const struct victim *x)
{
    x->d->teardown = (uint8_t)(x->d->teardown + x->change);
}

enum needs { NOTHING, FRAME, ENTRY, VCPU, CHANNEL, PIRQ, GRANT, MAPPING, VIRQ, CPU };

static const struct {
    void (*spoil)(const struct victim *x);
    enum needs needs;
} faults[MORTISE_FAULTS] = {
    [MORTISE_FAULT_PAGE_REF] = {page_ref, FRAME},
    [MORTISE_FAULT_TYPE_REF] = {type_ref, FRAME},
    [MORTISE_FAULT_PIN] = {pin, FRAME},
    [MORTISE_FAULT_VALIDATED] = {validated, FRAME},
    [MORTISE_FAULT_ENTRY] = {entry, ENTRY},
    [MORTISE_FAULT_ENTRY_FRAME] = {entry_frame, ENTRY},
    [MORTISE_FAULT_L4_SLOT] = {l4_slot, FRAME},
    [MORTISE_FAULT_FRAMES] = {frames, NOTHING},
    [MORTISE_FAULT_SHARED_FRAMES] = {shared_frames, NOTHING},
    [MORTISE_FAULT_LISTED] = {listed, FRAME},
    [MORTISE_FAULT_CLAIMED] = {claimed, NOTHING},
    [MORTISE_FAULT_M2P] = {m2p_entry, FRAME},
    [MORTISE_FAULT_GRANT_READERS] = {grant_readers, GRANT},
    [MORTISE_FAULT_GRANT_WRITERS] = {grant_writers, GRANT},
    [MORTISE_FAULT_GRANT_FRAMES] = {grant_frames, NOTHING},
    [MORTISE_FAULT_MAPPINGS] = {mappings, NOTHING},
    [MORTISE_FAULT_MAPPING_KIND] = {mapping_kind, MAPPING},
    [MORTISE_FAULT_MAPPING_FREE] = {mapping_free, NOTHING},
    [MORTISE_FAULT_PORTS] = {ports, NOTHING},
    [MORTISE_FAULT_PORT_PEER] = {port_peer, CHANNEL},
    [MORTISE_FAULT_PORT_VCPU] = {port_vcpu, CHANNEL},
    [MORTISE_FAULT_PORT_FREE] = {port_free, NOTHING},
    [MORTISE_FAULT_VIRQ] = {virq, VIRQ},
    [MORTISE_FAULT_PIRQ_PORT] = {pirq_port, PIRQ},
    [MORTISE_FAULT_PIRQ_BOUND] = {pirq_bound, PIRQ},
    [MORTISE_FAULT_WAITING] = {waiting, CPU},
    [MORTISE_FAULT_LOAD] = {load, CPU},
    [MORTISE_FAULT_ACTIVE] = {active, NOTHING},
    [MORTISE_FAULT_PARKED] = {parked, VCPU},
    [MORTISE_FAULT_DOMAIN_REF] = {domain_ref, NOTHING},
    [MORTISE_FAULT_WINDOW] = {window, VCPU},
    [MORTISE_FAULT_UNDO] = {undo, VCPU},
    [MORTISE_FAULT_LDT] = {ldt, VCPU},
    [MORTISE_FAULT_SHARED_INFO] = {shared_info, NOTHING},
    [MORTISE_FAULT_TEARDOWN] = {teardown, NOTHING},
};

static void find_grant(struct victim *x)
{
    const struct grant_domain *g = x->d->grants;

    if (x->object < (uint64_t)g->frames * ENTRIES_PER_FRAME)
        x->pins = &g->pins[x->object / ENTRIES_PER_FRAME][x->object % ENTRIES_PER_FRAME];
    if (x->object < (uint64_t)g->map_pages * MAPPINGS_PER_PAGE)
        x->mapping = &g->map[x->object / MAPPINGS_PER_PAGE][x->object % MAPPINGS_PER_PAGE];
}

static bool find(struct victim *x, enum needs needs)
{
    const struct pirq_domain *p = x->d->pirqs;

    switch (needs) {
    case NOTHING:
        return true;
    case FRAME:
        x->frame = mfn_recorded(mfn(x->object)) ? frame_of(mfn(x->object)) : NULL;
        return x->frame;
    case ENTRY:
        return mfn_recorded(paddr_to_mfn(paddr(x->object)));
    case VCPU:
        x->v = x->object < MAX_VCPUS ? domain_vcpu(x->d, (unsigned int)x->object) : NULL;
        return x->v;
    case CHANNEL:
        x->channel = event_channel(x->d, (evtchn_port_t)x->object);
        return x->channel;
    case PIRQ:
        x->pirq = p && p->pirqs && x->object < p->count ? p->pirqs[x->object] : NULL;
        return x->pirq;
    case GRANT:
        find_grant(x);
        return x->pins;
    case MAPPING:
        find_grant(x);
        return x->mapping;
    case VIRQ:
        return x->object < NR_VIRQS && domain_vcpu(x->d, 0);
    case CPU:
        return x->object < MAX_CPUS;
    }
    return false;
}

/* Counting begins anew; what was counted is told. */
static void allocations(struct mortise_fault *f)
{
    uint32_t calls = alloc_fault.calls;

    WRITE_ONCE(alloc_fault.armed, false);
    alloc_fault.calls = 0;
    alloc_fault.first = (uint32_t)f->object;
    alloc_fault.last = (uint32_t)(f->object >> 32);
    __atomic_store_n(&alloc_fault.armed, f->change != 0, __ATOMIC_RELEASE);
    f->object = calls;
}

long fault_seed(struct mortise_fault *f)
{
    struct victim x = {.object = f->object, .change = f->change};
    long rc = 0;

    if (f->fault >= MORTISE_FAULTS)
        return refuse(RULE_UNKNOWN_OPERATION, f->fault, -ENOSYS);
    if (f->fault == MORTISE_FAULT_ALLOCATION) {
        allocations(f);
        return 0;
    }
    x.d = domain_get(f->domid);
    if (!x.d)
        return refuse(RULE_NO_SUCH_DOMAIN, f->domid, -ESRCH);
    if (find(&x, faults[f->fault].needs))
        faults[f->fault].spoil(&x);
    else
        rc = refuse(RULE_ARGUMENT, f->object, -EINVAL);
    domain_put(x.d);
    return rc;
}
