/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains as the hypervisor knows them: looking at one and at all, small control calls.
 */
#include "domain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"

#define LIST_STEP 256 /* domains asked for at a time */

void uuid_format(const uint8_t u[16], char text[37])
{
    snprintf(text, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0],
             u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13],
             u[14], u[15]);
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

    return at && *at ? (int)(at - digits) : -1;
}

bool uuid_parse(const char *text, uint8_t uuid[16])
{
    if (strlen(text) != 36) {
        return false;
    }
    for (unsigned int i = 0, at = 0; i < 16; i++, at += 2) {
        int high, low;

        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text[at++] != '-') {
                return false;
            }
        }
        high = digit(text[at]);
        low = digit(text[at + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        uuid[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

int domain_look(struct hvctl *h, uint32_t domid, struct xen_domctl_getdomaininfo *info)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo};
    long result;
    int error = calls_open(h);

    if (error) {
        return error;
    }
    /* Asked for a number that is free, the hypervisor may tell of the next one. */
    result = domid < DOMID_FIRST_RESERVED ? calls_domctl(h, domid, &op) : -ESRCH;
    if (result == -ESRCH || (result >= 0 && op.u.getdomaininfo.domain != domid)) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, ESRCH, "there is no domain %u", domid);
    }
    if (result < 0) {
        return calls_fail(h, result, "domain %u can't be looked at", domid);
    }
    *info = op.u.getdomaininfo;
    return 0;
}

static long look_step(struct hvctl *h, uint32_t first, struct xen_domctl_getdomaininfo *into)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_getdomaininfolist};
    const size_t room =
        CALL_LIST * 8 / sizeof(*into) < LIST_STEP ? CALL_LIST * 8 / sizeof(*into) : LIST_STEP;
    struct xen_domctl_getdomaininfo *list = calls_room(h, room * sizeof(*list));
    long result;

    op.u.getdomaininfolist.first_domain = (domid_t)first;
    op.u.getdomaininfolist.max_domains = (uint32_t)room;
    op.u.getdomaininfolist.buffer.p = list;
    result = calls_sysctl(h, &op);
    if (result >= 0) {
        result = op.u.getdomaininfolist.num_domains;
        memcpy(into, list, (size_t)result * sizeof(*list));
    }
    calls_done(h);
    return result;
}

int domain_look_all(struct hvctl *h, struct xen_domctl_getdomaininfo **infos, size_t *count)
{
    struct xen_domctl_getdomaininfo *all = NULL, *more;
    size_t used = 0;
    long got = 1;
    int error = calls_open(h);

    while (!error && got > 0) {
        more = alloc_again(all, (used + LIST_STEP) * sizeof(*all));
        if (!more) {
            error = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
            break;
        }
        all = more;
        got = look_step(h, used ? all[used - 1].domain + 1U : 0, all + used);
        if (got < 0) {
            error = calls_fail(h, got, "the domains can't be listed");
        } else {
            used += (size_t)got;
        }
    }
    if (error) {
        free(all);
        return error;
    }
    *infos = all;
    *count = used;
    return 0;
}

int domain_has_vcpu(struct hvctl *h, uint32_t domid, const struct xen_domctl_getdomaininfo *info,
                    unsigned int vcpu)
{
    if (info->max_vcpu_id != XEN_INVALID_MAX_VCPU_ID && vcpu <= info->max_vcpu_id) {
        return 0;
    }
    return hvctl_fail(h, HVCTL_NOT_FOUND, ENOENT, "domain %u has no vCPU %u", domid, vcpu);
}

int domain_do(struct hvctl *h, uint32_t domid, uint32_t command, const char *what)
{
    struct xen_domctl op = {.cmd = command};
    int error = calls_open(h);
    long result;

    if (error) {
        return error;
    }
    result = domid < DOMID_FIRST_RESERVED ? calls_domctl(h, domid, &op) : -ESRCH;
    return result < 0 ? calls_fail(h, result, "domain %u can't be %s", domid, what) : 0;
}

int domain_set_max(struct hvctl *h, uint32_t domid, uint64_t kib)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_max_mem};
    long result;

    op.u.max_mem.max_memkb = kib;
    result = calls_domctl(h, domid, &op);
    return result < 0 ? calls_fail(h, result, "domain %u can't be allowed %llu MiB", domid,
                                   (unsigned long long)(kib >> 10))
                      : 0;
}

int hvctl_pause(struct hvctl *h, uint32_t domid)
{
    return domain_do(h, domid, XEN_DOMCTL_pausedomain, "paused");
}

int hvctl_unpause(struct hvctl *h, uint32_t domid)
{
    return domain_do(h, domid, XEN_DOMCTL_unpausedomain, "unpaused");
}

/* Destruction stops now and then so that the caller's kernel gets its turn. */
int domain_end(struct hvctl *h, uint32_t domid)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_destroydomain};
    long result;

    do {
        result = calls_domctl(h, domid, &op);
    } while (result == -EAGAIN || result == -ERESTART || result == -EINTR);
    if (result < 0 && result != -ESRCH) {
        return calls_fail(h, result, "domain %u can't be destroyed", domid);
    }
    return 0;
}
