/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PIRQs between kern/irq.h and event channels.
 *
 * interrupt() runs in interrupt context and takes no lock: it reads the port and raises it. A
 * structure, once made, stays until the domain goes, and irq_guest_unbind() returns only when no
 * handler is running.
 */
#include "event/pirq.h"

#include <xen/physdev.h>

#include "event/channel.h"
#include "kern/irq.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/refusal.h"
#include "mm/heap.h"
#include "mm/permanent.h"

#define ISA_LINES 16

int pirq_domain_init(struct domain *d)
{
    struct pirq_domain *pd = heap_new(struct pirq_domain);

    if (!pd)
        return -ENOMEM;
    spin_init(&pd->lock, RANK_PIRQ);
    pd->count = PIRQ_MAX;
    pd->eoi_mfn = MFN_INVALID;
    d->pirqs = pd;
    return 0;
}

/* The record of a number, or NULL. */
static struct pirq *find(const struct domain *d, uint32_t number)
{
    if (!d->pirqs || !d->pirqs->pirqs || number >= d->pirqs->count)
        return NULL;
    return d->pirqs->pirqs[number % PIRQ_MAX]; /* in range for a speculating CPU too */
}

static struct pirq *find_or_make(struct domain *d, uint32_t number)
{
    struct pirq *p = find(d, number);

    if (p || d->pirqs->ended)
        return p;
    if (!d->pirqs->pirqs)
        d->pirqs->pirqs = heap_alloc(PIRQ_MAX * sizeof(d->pirqs->pirqs[0]));
    p = d->pirqs->pirqs ? heap_new(struct pirq) : NULL;
    if (!p)
        return NULL;
    p->domain = d;
    p->number = (uint16_t)number;
    d->pirqs->pirqs[number] = p;
    return p;
}

static bool is_mapped(const struct pirq *p)
{
    return p && (p->kind == PIRQ_GSI || p->kind == PIRQ_MSI);
}

static void interrupt(void *data)
{
    struct pirq *p = data;
    evtchn_port_t port = READ_ONCE(p->port);

    if (port)
        event_raise(p->domain, port);
}

static void set_eoi_bit(const struct pirq *p)
{
    uint64_t *map = p->domain->pirqs->eoi_map;

    if (!map)
        return;
    if (p->bound && irq_needs_eoi(p->irq))
        bit_set(map, p->number);
    else
        bit_clear(map, p->number);
}

int pirq_eoi_map_set(struct domain *d, mfn_t m, bool unmask_on_eoi)
{
    struct pirq_domain *pd = d->pirqs;
    void *map;
    int rc = permanent_map(m, d->id, PERMANENT_PIRQ_EOI, &map);

    if (rc)
        return refuse(RULE_PIRQ_EOI_FRAME, m.n, rc);
    spin_lock(&pd->lock);
    if (pd->eoi_map) {
        rc = refuse(RULE_PIRQ_EOI_TWICE, m.n, -EBUSY);
    } else {
        pd->eoi_map = map;
        pd->eoi_mfn = m;
        pd->unmask_on_eoi = unmask_on_eoi;
        for (uint32_t n = 0; n < pd->count; n++)
            if (find(d, n))
                set_eoi_bit(find(d, n));
    }
    spin_unlock(&pd->lock);
    if (rc)
        permanent_unmap(map);
    return rc;
}

/* The number an IRQ has already; -1: none. At most PIRQ_MAX turns. */
static int number_of(const struct domain *d, uint32_t irq)
{
    for (uint32_t n = 0; n < d->pirqs->count; n++)
        if (is_mapped(find(d, n)) && find(d, n)->irq == irq)
            return (int)n;
    return -1;
}

static bool is_free(const struct domain *d, uint32_t n)
{
    const struct pirq *p = find(d, n);

    return !p || p->kind == PIRQ_FREE;
}

/* A number for an MSI from the top, above the GSIs; for a GSI above the ISA's; -1: none. */
static int free_number(const struct domain *d, enum pirq_kind kind)
{
    uint32_t gsis = MIN(irq_gsi_count(), d->pirqs->count);

    if (kind == PIRQ_MSI) {
        for (uint32_t n = d->pirqs->count; n-- > gsis;)
            if (is_free(d, n))
                return (int)n;
    } else {
        for (uint32_t n = ISA_LINES; n < gsis; n++)
            if (is_free(d, n))
                return (int)n;
    }
    return -1;
}

/* The number to use for a mapping, or a negative errno. */
static int choose_number(const struct domain *d, enum pirq_kind kind, uint32_t irq, int wanted)
{
    int has = number_of(d, irq);
    const struct pirq *p;

    if (has >= 0)
        return wanted < 0 || wanted == has ? has : refuse(RULE_PIRQ_TAKEN, irq, -EEXIST);
    if (wanted < 0) {
        wanted = kind == PIRQ_GSI ? (int)irq : free_number(d, kind);
        if (wanted < 0)
            return refuse(RULE_PIRQ_NONE_FREE, irq, -ENOSPC);
    }
    if ((uint32_t)wanted >= d->pirqs->count)
        return refuse(RULE_PIRQ_RANGE, (uint32_t)wanted, -EINVAL);
    p = find(d, (uint32_t)wanted);
    return is_mapped(p) ? refuse(RULE_PIRQ_TAKEN, (uint32_t)wanted, -EEXIST) : wanted;
}

int pirq_map(struct domain *d, enum pirq_kind kind, uint32_t irq, int *number)
{
    struct pirq *p;
    int n;

    spin_lock(&d->pirqs->lock);
    n = choose_number(d, kind, irq, *number);
    if (n >= 0) {
        p = find_or_make(d, (uint32_t)n);
        if (!p) {
            n = refuse(RULE_NO_MEMORY, (uint32_t)n, -ENOMEM);
        } else if (!is_mapped(p)) {
            p->kind = kind;
            p->irq = irq;
        }
    }
    spin_unlock(&d->pirqs->lock);
    if (n < 0)
        return n;
    *number = n;
    return 0;
}

int pirq_reserve(struct domain *d, enum pirq_kind kind, uint32_t *number)
{
    struct pirq *p = NULL;
    int n, rc = 0;

    spin_lock(&d->pirqs->lock);
    n = free_number(d, kind);
    if (n < 0)
        rc = refuse(RULE_PIRQ_NONE_FREE, 0, -ENOSPC);
    else
        p = find_or_make(d, (uint32_t)n);
    if (p) {
        p->kind = PIRQ_RESERVED;
        *number = p->number;
    } else if (rc == 0) {
        rc = refuse(RULE_NO_MEMORY, (uint32_t)n, -ENOMEM);
    }
    spin_unlock(&d->pirqs->lock);
    return rc;
}

static void unbind_locked(struct pirq *p)
{
    WRITE_ONCE(p->port, 0);
    if (!p->bound)
        return;
    irq_guest_unbind(p->irq, p);
    p->bound = false;
    set_eoi_bit(p);
}

int pirq_unmap(struct domain *d, uint32_t number)
{
    struct pirq *p;
    int rc = 0;

    spin_lock(&d->pirqs->lock);
    p = find(d, number);
    if (is_mapped(p)) {
        unbind_locked(p);
        if (p->kind == PIRQ_MSI)
            irq_destroy_msi(p->irq);
        p->kind = PIRQ_FREE;
    } else if (p && p->kind == PIRQ_RESERVED) {
        p->kind = PIRQ_FREE;
    } else {
        rc = refuse(RULE_PIRQ_NOT_MAPPED, number, -EINVAL);
    }
    spin_unlock(&d->pirqs->lock);
    return rc;
}

static int bind_locked(struct domain *d, uint32_t number, uint32_t port, bool shareable)
{
    struct pirq *p = find(d, number);
    int rc;

    if (!d->pirqs || number >= d->pirqs->count)
        return refuse(RULE_PIRQ_RANGE, number, -EINVAL);
    if (!is_mapped(p))
        return refuse(RULE_PIRQ_NOT_MAPPED, number, -EPERM);
    if (p->port)
        return refuse(RULE_EVTCHN_PIRQ_BOUND, number, -EEXIST);
    p->shared = shareable;
    WRITE_ONCE(p->port, port); /* an interrupt may come at once */
    rc = irq_guest_bind(p->irq, interrupt, p, shareable);
    if (rc) {
        WRITE_ONCE(p->port, 0);
        return refuse(RULE_EVTCHN_PIRQ_LINE, number, rc);
    }
    p->bound = true;
    set_eoi_bit(p);
    return 0;
}

int pirq_bind(struct domain *d, uint32_t number, uint32_t port, bool shareable)
{
    int rc;

    if (!d->pirqs)
        return refuse(RULE_PIRQ_NOT_MAPPED, number, -EPERM);
    spin_lock(&d->pirqs->lock);
    rc = bind_locked(d, number, port, shareable);
    spin_unlock(&d->pirqs->lock);
    return rc;
}

void pirq_unbind(struct domain *d, uint32_t number, uint32_t port)
{
    struct pirq *p;

    spin_lock(&d->pirqs->lock);
    p = find(d, number);
    if (p && p->port == port)
        unbind_locked(p);
    spin_unlock(&d->pirqs->lock);
}

void pirq_set_cpu(struct domain *d, uint32_t number, unsigned int cpu)
{
    const struct pirq *p;

    spin_lock(&d->pirqs->lock);
    p = find(d, number);
    if (p && p->bound)
        irq_set_cpu(p->irq, cpu);
    spin_unlock(&d->pirqs->lock);
}

int pirq_eoi(struct domain *d, uint32_t number)
{
    evtchn_port_t port = 0;
    struct pirq *p;
    int rc = 0;

    if (!d->pirqs || number >= d->pirqs->count)
        return refuse(RULE_PIRQ_RANGE, number, -EINVAL);
    spin_lock(&d->pirqs->lock);
    p = find(d, number);
    if (!is_mapped(p)) {
        rc = refuse(RULE_PIRQ_NOT_MAPPED, number, -EINVAL);
    } else {
        port = p->port;
        if (p->bound)
            irq_guest_eoi(p->irq, p);
    }
    spin_unlock(&d->pirqs->lock);
    if (port && d->pirqs->unmask_on_eoi)
        return event_unmask(d, port);
    return rc;
}

int pirq_status(struct domain *d, uint32_t number, uint32_t *flags)
{
    const struct pirq *p;

    if (!d->pirqs || number >= d->pirqs->count)
        return refuse(RULE_PIRQ_RANGE, number, -EINVAL);
    spin_lock(&d->pirqs->lock);
    p = find(d, number);
    *flags = 0;
    /* without an EOI page the guest can't follow changes, so it is told to call always */
    if (!d->pirqs->eoi_map || (is_mapped(p) && irq_needs_eoi(p->irq)))
        *flags |= XENIRQSTAT_needs_eoi;
    if (is_mapped(p) && p->shared)
        *flags |= XENIRQSTAT_shared;
    spin_unlock(&d->pirqs->lock);
    return 0;
}

void pirq_domain_destroy(struct domain *d)
{
    struct pirq_domain *pd = d->pirqs;
    struct pirq **records;
    uint64_t *map;

    if (!pd)
        return;
    spin_lock(&pd->lock);
    pd->ended = true;
    spin_unlock(&pd->lock);
    for (uint32_t n = 0; n < pd->count; n++) {
        if (is_mapped(find(d, n)))
            (void)!pirq_unmap(d, n); /* it is mapped: no failure */
    }
    spin_lock(&pd->lock);
    records = pd->pirqs;
    map = pd->eoi_map;
    pd->pirqs = NULL;
    pd->eoi_map = NULL;
    spin_unlock(&pd->lock);
    for (uint32_t n = 0; records && n < PIRQ_MAX; n++)
        heap_free(records[n]);
    heap_free(records);
    if (map)
        permanent_unmap(map);
}

void pirq_domain_free(struct domain *d)
{
    heap_free(d->pirqs);
    d->pirqs = NULL;
}

void pirq_dump(struct domain *d)
{
    if (!d->pirqs)
        return;
    for (uint32_t n = 0; n < d->pirqs->count; n++) {
        const struct pirq *p = find(d, n);

        if (is_mapped(p))
            printk(LOG_INFO, "  PIRQ %u: %s %u, port %u%s\n", n,
                   p->kind == PIRQ_GSI ? "GSI" : "MSI", p->irq, p->port,
                   p->shared ? ", shared" : "");
    }
}
