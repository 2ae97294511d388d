/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest is asked for while it runs: memory, vCPUs, a key of its kernel's; and what it is
 * sent as an interrupt.  A request is a node in XenStore; doing it is the guest's affair.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"

#define LEAST_KIB 1024

int hvctl_memory_set(struct hvctl *h, uint32_t domid, uint64_t kib)
{
    struct xen_domctl_getdomaininfo info;
    uint64_t most = UINT64_MAX;
    int error = domain_look(h, domid, &info);

    if (!error) {
        error = store_get_number(h, HVCTL_NO_TRANSACTION, &most, GUEST_PATH "/memory/static-max",
                                 domid);
        if (error == -HVCTL_NOT_FOUND) {
            error = 0; /* the control domain, as a rule, has none */
        }
    }
    if (error) {
        return error;
    }
    if (kib < LEAST_KIB || kib >> 42) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "domain %u can't live with %llu KiB", domid,
                          (unsigned long long)kib);
    }
    if (kib > most) {
        return hvctl_fail(h, HVCTL_INVALID, 0,
                          "domain %u was created for %llu MiB at the most, %llu are asked for",
                          domid, (unsigned long long)(most >> 10), (unsigned long long)(kib >> 10));
    }
    /* The limit first: a guest that reads its new target may ask for the memory at once. */
    if (domid) {
        error = domain_set_max(h, domid, kib + SLACK_KIB);
    }
    return error
               ? error
               : store_put_number(h, HVCTL_NO_TRANSACTION, kib, GUEST_PATH "/memory/target", domid);
}

struct vcpus {
    uint32_t domid;
    unsigned int most, count;
};

static int put_availability(struct hvctl *h, uint32_t t, const void *opaque)
{
    const struct vcpus *v = opaque;
    int error = 0;

    for (unsigned int i = 0; i < v->most && !error; i++) {
        error = store_put(h, t, i < v->count ? "online" : "offline",
                          GUEST_PATH "/cpu/%u/availability", v->domid, i);
    }
    return error;
}

int hvctl_vcpus_set(struct hvctl *h, uint32_t domid, unsigned int count)
{
    struct xen_domctl_getdomaininfo info;
    int error = domain_look(h, domid, &info);

    if (error) {
        return error;
    }
    if (!count || count > info.max_vcpu_id + 1) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "domain %u can have 1 to %u vCPUs, not %u", domid,
                          info.max_vcpu_id + 1, count);
    }
    return store_transact(h, put_availability, &(struct vcpus){domid, info.max_vcpu_id + 1, count});
}

int hvctl_sysrq(struct hvctl *h, uint32_t domid, char letter)
{
    struct xen_domctl_getdomaininfo info;
    const char text[2] = {letter};
    int error = domain_look(h, domid, &info);

    if (!error && (letter <= ' ' || letter > '~')) {
        error = hvctl_fail(h, HVCTL_INVALID, 0, "a SysRq key is a letter or a digit");
    }
    return error ? error
                 : store_put(h, HVCTL_NO_TRANSACTION, text, GUEST_PATH "/control/sysrq", domid);
}

int hvctl_trigger(struct hvctl *h, uint32_t domid, const char *trigger, unsigned int vcpu)
{
    static const struct {
        const char *name;
        uint32_t number;
    } triggers[] = {
        {"nmi", XEN_DOMCTL_SENDTRIGGER_NMI},     {"reset", XEN_DOMCTL_SENDTRIGGER_RESET},
        {"init", XEN_DOMCTL_SENDTRIGGER_INIT},   {"power", XEN_DOMCTL_SENDTRIGGER_POWER},
        {"sleep", XEN_DOMCTL_SENDTRIGGER_SLEEP},
    };
    struct xen_domctl op = {.cmd = XEN_DOMCTL_sendtrigger};
    struct xen_domctl_getdomaininfo info;
    size_t i = 0, count = sizeof(triggers) / sizeof(triggers[0]);
    long result;
    int error = domain_look(h, domid, &info);

    if (error) {
        return error;
    }
    while (i < count && strcmp(triggers[i].name, trigger)) {
        i++;
    }
    if (i == count) {
        return hvctl_fail(h, HVCTL_INVALID, 0,
                          "there is no trigger %s: it is nmi, reset, init, power or sleep",
                          trigger);
    }
    error = domain_has_vcpu(h, domid, &info, vcpu);
    if (error) {
        return error;
    }
    op.u.sendtrigger.trigger = triggers[i].number;
    op.u.sendtrigger.vcpu = vcpu;
    result = calls_domctl(h, domid, &op);
    return result < 0 ? calls_fail(h, result, "%s can't be sent to vCPU %u of domain %u", trigger,
                                   vcpu, domid)
                      : 0;
}
