/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the domain's life: creation, references, pausing, shutdown and crash.
 *
 * Structures come from a pool and go back to it, never to the heap: domain_get() may look at one
 * that is being reused, and sees it by its reference count and id.
 */
#include "dom/domain.h"
#include <xen/sched.h>

#include "cpu/asm.h"
#include "dom/time_info.h"
#include "dom/vcpu.h"
#include "kern/console.h"
#include "kern/reset.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/heap.h"
#include "mm/permanent.h"

struct domain *control_domain;

static spinlock_t list_lock = SPINLOCK_INIT(RANK_DOMAIN_LIST);
static struct list domains = LIST_INIT(domains), pool = LIST_INIT(pool);

static struct domain *pool_take(void)
{
    struct domain *d = NULL;

    spin_lock(&list_lock);
    if (!list_empty(&pool)) {
        d = list_entry(pool.next, struct domain, link);
        list_del(&d->link);
    }
    spin_unlock(&list_lock);
    if (!d)
        return heap_new(struct domain);
    *d = (struct domain){0};
    return d;
}

static void pool_give(struct domain *d)
{
    spin_lock(&list_lock);
    list_add_head(&pool, &d->link);
    spin_unlock(&list_lock);
}

static void list_insert(struct domain *d)
{
    struct list *l;

    spin_lock(&list_lock);
    list_for_each (l, &domains) {
        if (list_entry(l, struct domain, link)->id > d->id)
            break;
    }
    list_add_before(l, &d->link);
    spin_unlock(&list_lock);
}

int domain_create(domid_t id, unsigned int max_vcpus, uint64_t max_pages, struct domain **out)
{
    struct domain *d = pool_take();
    int rc = -ENOMEM;

    if (!d)
        return -ENOMEM;
    d->id = id;
    d->max_vcpus = (uint16_t)max_vcpus;
    spin_init(&d->lock, RANK_DOMAIN);
    list_init(&d->link);
    d->state = DOMAIN_CREATED;
    d->pause_count = 1; /* until it is started */
    sched_domain_init(d);
    rc = owner_init(&d->memory, id, max_pages);
    if (rc)
        goto free_domain;
    rc = -ENOMEM;
    d->vcpus = heap_alloc(max_vcpus * sizeof(struct vcpu *));
    if (!d->vcpus)
        goto forget_owner;
    rc = pv_domain_create(d);
    if (rc)
        goto free_vcpus;
    rc = permanent_alloc(&d->memory, PERMANENT_SHARED_INFO, (void **)&d->shared);
    if (rc)
        goto destroy_pv;
    d->shared_mfn = permanent_mfn(d->shared);
    for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        d->shared->vcpu_info[i].evtchn_upcall_mask = 1;
    __atomic_store_n(&d->refs, 1, __ATOMIC_RELEASE);
    list_insert(d);
    *out = d;
    return 0;

destroy_pv:
    pv_domain_destroy(d);
free_vcpus:
    heap_free(d->vcpus);
forget_owner:
    owner_forget(&d->memory);
free_domain:
    pool_give(d);
    return rc;
}

/* A reference, unless the last one is gone: a count of 0 is never left again. */
static bool hold(struct domain *d)
{
    uint32_t refs = READ_ONCE(d->refs);

    do {
        if (!refs)
            return false;
    } while (!__atomic_compare_exchange_n(&d->refs, &refs, refs + 1, false, __ATOMIC_SEQ_CST,
                                          __ATOMIC_RELAXED));
    return true;
}

struct domain *domain_get(domid_t id)
{
    struct domain *d = current()->domain;
    struct owner *o;

    if (id == DOMID_SELF)
        id = d->id;
    o = owner_find(id);
    if (!o)
        return NULL;
    d = container_of(o, struct domain, memory);
    if (!hold(d))
        return NULL;
    if (d->id == id)
        return d;
    domain_put(d);
    return NULL;
}

/*
 * The last reference: what others could use is gone already (teardown gave it back); only
 * structures are left.
 */
void domain_put(struct domain *d)
{
    if (__atomic_sub_fetch(&d->refs, 1, __ATOMIC_SEQ_CST))
        return;
    owner_forget(&d->memory); /* first: when it is not listed any more, its number is free */
    spin_lock(&list_lock);
    list_del(&d->link);
    spin_unlock(&list_lock);
    d->state = DOMAIN_DEAD;
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i])
            vcpu_destroy(d->vcpus[i]);
    }
    domain_free_parts(d);
    pv_domain_destroy(d);
    heap_free(d->vcpus);
    pool_give(d);
    event_send_global_virq(control_domain, VIRQ_DOM_EXC);
}

struct domain *domain_next(domid_t id, bool first)
{
    struct domain *d = NULL;
    struct list *l;

    spin_lock(&list_lock);
    list_for_each (l, &domains) {
        d = list_entry(l, struct domain, link);
        if ((first ? d->id >= id : d->id > id) && hold(d))
            break;
        d = NULL;
    }
    spin_unlock(&list_lock);
    return d;
}

struct vcpu *domain_vcpu(const struct domain *d, unsigned int id)
{
    uint64_t mask;

    /* all ones when id is in range, computed, not branched on */
    __asm__("cmpq %2, %1; sbbq %0, %0"
            : "=r"(mask)
            : "r"((uint64_t)id), "r"((uint64_t)d->max_vcpus)
            : "cc");
    return id < d->max_vcpus ? READ_ONCE(d->vcpus[id & mask]) : NULL;
}

bool domain_may(const struct domain *d, enum privilege what, const struct domain *target)
{
    switch (what) {
    case MAY_CONTROL:
    case MAY_MANAGE_HOST:
    case MAY_ACCESS_HARDWARE:
        return d->privileged && target != idle_domain;
    }
    return false;
}

void domain_pause_nosync(struct domain *d)
{
    unsigned int i;

    __atomic_add_fetch(&d->pause_count, 1, __ATOMIC_SEQ_CST);
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i])
            sched_sleep(d->vcpus[i]);
    }
}

void domain_pause(struct domain *d)
{
    unsigned int i;

    domain_pause_nosync(d);
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i] && d->vcpus[i] != current())
            sched_sleep_sync(d->vcpus[i]);
    }
}

void domain_start(struct domain *d)
{
    unsigned int i;

    d->state = DOMAIN_ALIVE;
    wallclock_fill(d);
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i])
            time_info_fill(d->vcpus[i]);
    }
    domain_unpause(d);
}

bool domain_kill(struct domain *d)
{
    bool first;

    spin_lock(&d->lock);
    first = !domain_dying(d);
    WRITE_ONCE(d->state, DOMAIN_DYING);
    spin_unlock(&d->lock);
    if (!first)
        return false;
    owner_kill(&d->memory);
    domain_pause(d);
    return true;
}

void domain_unpause(struct domain *d)
{
    unsigned int i;

    if (__atomic_sub_fetch(&d->pause_count, 1, __ATOMIC_SEQ_CST))
        return;
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i])
            sched_wake(d->vcpus[i]);
    }
}

uint64_t domain_cpus(const struct domain *d, const uint64_t *vcpus)
{
    uint64_t cpus = 0;
    unsigned int i;

    for (i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = d->vcpus[i];

        if (v && (!vcpus || vcpus[i / 64] >> (i % 64) & 1) && READ_ONCE(v->running))
            cpus |= 1UL << v->cpu;
    }
    return cpus;
}

/* The control domain's end is the machine's. */
static void machine_end(unsigned int reason) __noreturn;
static void machine_end(unsigned int reason)
{
    switch (reason) {
    case SHUTDOWN_poweroff:
        pr_info("the control domain has shut down\n");
        machine_power_off();
    case SHUTDOWN_reboot:
        pr_info("the control domain asks for a restart\n");
        machine_restart();
    case SHUTDOWN_crash:
        pr_err("the control domain has crashed\n");
        break;
    default:
        pr_err("the control domain has ended with reason %u\n", reason);
        break;
    }
    machine_crashed();
}

void domain_shutdown(struct domain *d, unsigned int reason)
{
    if (d == control_domain) {
        if (reason == SHUTDOWN_crash)
            pv_crash_dump(d);
        else
            audit_at_end();
        machine_end(reason);
    }
    spin_lock(&d->lock);
    if (!d->shut_down) {
        d->shut_down = true;
        d->shutdown_code = (uint8_t)reason;
        domain_pause_nosync(d);
    }
    spin_unlock(&d->lock);
    if (control_domain)
        event_send_global_virq(control_domain, VIRQ_DOM_EXC);
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
    char why[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(why, sizeof(why), fmt, args);
    va_end(args);
    pr_err("domain %u crashed: %s\n", d->id, why);
    if (d != control_domain)
        pv_crash_dump(d);
    domain_shutdown(d, SHUTDOWN_crash);
}
