/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts that deal with a whole guest share: the hypervisor's view of it (domain.c), its
 * nodes in XenStore (guest_store.c), and its making in the hypervisor (create_domain.c).
 */
#ifndef LIBHVCTL_DOMAIN_H
#define LIBHVCTL_DOMAIN_H

#include "build.h"
#include "store.h"

#define GUEST_PATH   "/local/domain/%u"
#define LIBRARY_PATH "/libhvctl/%u" /* what the library itself keeps of a guest */

/** "6b1f8e5c-...", 36 letters and a zero byte. */
void uuid_format(const uint8_t uuid[16], char text[37]);
bool uuid_parse(const char *text, uint8_t uuid[16]);

/** What the hypervisor knows.  -HVCTL_NOT_FOUND: there is no such domain. */
int domain_look(struct hvctl *h, uint32_t domid, struct xen_domctl_getdomaininfo *info)
    __attribute__((warn_unused_result));

/** All domains of the hypervisor, by rising domid; free() them. */
int domain_look_all(struct hvctl *h, struct xen_domctl_getdomaininfo **infos, size_t *count)
    __attribute__((warn_unused_result));

/** -HVCTL_NOT_FOUND: the domain that info tells of has no such vCPU. */
int domain_has_vcpu(struct hvctl *h, uint32_t domid, const struct xen_domctl_getdomaininfo *info,
                    unsigned int vcpu) __attribute__((warn_unused_result));

/** A domctl without a record.  what: the sentence when it fails. */
int domain_do(struct hvctl *h, uint32_t domid, uint32_t command, const char *what)
    __attribute__((warn_unused_result));

/** How much memory the hypervisor lets it own. */
int domain_set_max(struct hvctl *h, uint32_t domid, uint64_t kib)
    __attribute__((warn_unused_result));

/** Where all its vCPUs, or one, may run. */
int domain_set_affinity(struct hvctl *h, uint32_t domid, unsigned int vcpu,
                        const struct hvctl_cpuset *cpus) __attribute__((warn_unused_result));

/** -HVCTL_INVALID: it can be no guest's name. */
int name_check(struct hvctl *h, const char *name) __attribute__((warn_unused_result));

/** -HVCTL_EXISTS: another guest than domid has the name. */
int name_unused(struct hvctl *h, uint32_t transaction, const char *name, uint32_t domid)
    __attribute__((warn_unused_result));

/** Makes the domain, still without memory, in the hypervisor: build->domid is set on success. */
int create_domain(struct build *b) __attribute__((warn_unused_result));

/** Its nodes, in one transaction. */
int guest_store_make(struct build *b) __attribute__((warn_unused_result));

/**
 * Takes all nodes of a guest away, as far as they are there.
 * @param left  something else of it could not be taken: guest_store_sweep() is to do that.
 */
int guest_store_remove(struct hvctl *h, uint32_t domid, const uint8_t uuid[16], bool left)
    __attribute__((warn_unused_result));

/**
 * Removes the nodes and devices of guests that have gone, and whose destroyer could not: it was
 * killed, or XenStore had no room.
 */
int guest_store_sweep(struct hvctl *h) __attribute__((warn_unused_result));

/**
 * Takes down all of a guest that does not run: devices, nodes, the domain, its ring.  It goes on
 * after a failure, and tells the first.
 */
int guest_end(struct hvctl *h, uint32_t domid, const uint8_t uuid[16])
    __attribute__((warn_unused_result));

/** Waits until the domain is gone from the hypervisor, or only other domains hold it. */
int domain_end(struct hvctl *h, uint32_t domid) __attribute__((warn_unused_result));

#endif
