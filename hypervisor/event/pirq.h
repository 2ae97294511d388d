/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns PIRQs: a domain's own numbers for device interrupts, the IRQ behind each, and the port it is
 * bound to.
 *
 * A GSI's PIRQ has the GSI's number; those of MSIs come from the top down. Only a domain that may
 * access hardware, or that was given an interrupt, has any. The lock (RANK_PIRQ) comes after the
 * domain's event lock.
 */
#ifndef EVENT_PIRQ_H
#define EVENT_PIRQ_H

#include "dom/domain.h"

#define PIRQ_MAX 512

enum pirq_kind { PIRQ_FREE, PIRQ_RESERVED, PIRQ_GSI, PIRQ_MSI };

struct pirq {
    struct domain *domain;
    uint16_t number;
    uint8_t kind;  /* enum pirq_kind; under the lock */
    bool bound;    /* its IRQ calls us; under the lock */
    bool shared;   /* others may bind the line */
    uint32_t irq;  /* with PIRQ_GSI and PIRQ_MSI */
    uint32_t port; /* atomic; 0: none */
};

struct pirq_domain {
    spinlock_t lock;
    uint32_t count;     /* PIRQ numbers: 0 .. count - 1 */
    bool ended;         /* its domain is torn down: nothing is made any more */
    bool unmask_on_eoi; /* PHYSDEVOP_pirq_eoi_gmfn_v1 */
    uint64_t
        *eoi_map; /* permanent mapping: a bit a PIRQ, set when it needs PHYSDEVOP_eoi; NULL: none */
    mfn_t eoi_mfn;
    struct pirq **pirqs; /* PIRQ_MAX of them, each made when first used; NULL before the first */
};

/* -ENOMEM */
int pirq_domain_init(struct domain *d) __must_check;

/* Unmaps all, after the domain's ports were closed; at most PIRQ_MAX steps. */
void pirq_domain_destroy(struct domain *d);
/* When nobody holds the domain any more: until then a call may look at its numbers. */
void pirq_domain_free(struct domain *d);

/*
 * Gives the IRQ a PIRQ number: *number if that is not negative, else one that is free. -EINVAL out
 * of range, -EEXIST when number or IRQ has another partner (0 when they have each other), -ENOSPC,
 * -ENOMEM.
 */
int pirq_map(struct domain *d, enum pirq_kind kind, uint32_t irq, int *number) __must_check;

/* Ends the mapping; a port that is bound stays open and silent. An MSI's IRQ is freed. -EINVAL:
 * not mapped. */
int pirq_unmap(struct domain *d, uint32_t number) __must_check;

/* Sets a number for an MSI, or for a GSI, aside. -ENOSPC, -ENOMEM. */
int pirq_reserve(struct domain *d, enum pirq_kind kind, uint32_t *number) __must_check;

/* event/bind.c's, under the event lock: -EINVAL out of range, -EPERM not mapped, -EEXIST bound,
 * or the line's own error. */
int pirq_bind(struct domain *d, uint32_t number, uint32_t port, bool shareable) __must_check;
/* Unless the number was unmapped meanwhile and is bound to another port now. */
void pirq_unbind(struct domain *d, uint32_t number, uint32_t port);
void pirq_set_cpu(struct domain *d, uint32_t number, unsigned int cpu);

/* The guest has served it: the line may interrupt again. -EINVAL: out of range or not mapped. */
int pirq_eoi(struct domain *d, uint32_t number) __must_check;

/* PHYSDEVOP_irq_status_query: XENIRQSTAT_* */
int pirq_status(struct domain *d, uint32_t number, uint32_t *flags) __must_check;

/* Takes a frame of the domain's as its EOI map, for good. -EBUSY: there is one. -EINVAL: not its
 * frame. -ENOMEM. */
int pirq_eoi_map_set(struct domain *d, mfn_t m, bool unmask_on_eoi) __must_check;

void pirq_dump(struct domain *d);

#endif
