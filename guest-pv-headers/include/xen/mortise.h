/* SPDX-License-Identifier: MIT */
/*
 * mortise.h: calls of Mortise that the public ABI does not have.
 *
 * HYPERVISOR_mortise_op(cmd, argument), under the last architecture number. Each argument starts
 * with interface_version, filled by the caller; another version than the hypervisor's is -EACCES
 * and nothing is written. On other hypervisors the number is free and answers -ENOSYS: ask
 * MORTISE_version first.
 */
#ifndef XEN_MORTISE_H
#define XEN_MORTISE_H

#include "xen.h"

#define __HYPERVISOR_mortise_op __HYPERVISOR_arch_7

#define MORTISE_INTERFACE_VERSION 0x00000002

#define MORTISE_version     0 /* no argument; returns MORTISE_INTERFACE_VERSION */
#define MORTISE_audit       1 /* struct mortise_audit; privileged */
#define MORTISE_refusals    2 /* struct mortise_refusals; other domains' are privileged */
#define MORTISE_memory_info 3 /* struct mortise_memory_info; privileged */
#define MORTISE_frames      4 /* struct mortise_frames; privileged */
#define MORTISE_rules       5 /* struct mortise_rules; privileged */
#define MORTISE_fault       6 /* <xen/mortise-fault.h>; only in the image that tests the audit */

/* What an audit can find wrong: index of mortise_audit.differences. */
#define MORTISE_AUDIT_PAGE_REFS  0  /* a frame's reference count */
#define MORTISE_AUDIT_TYPE_REFS  1  /* a frame's count of uses as its type */
#define MORTISE_AUDIT_TYPE_STATE 2  /* type, validated, partial or pinned */
#define MORTISE_AUDIT_OWNER      3  /* owners' lists and accounts, free lists, frames set aside */
#define MORTISE_AUDIT_M2P        4  /* an M2P entry of a frame without owner */
#define MORTISE_AUDIT_GRANT_REFS 5  /* uses of a grant entry */
#define MORTISE_AUDIT_EVENTS     6  /* a port whose other end does not point back, or their count */
#define MORTISE_AUDIT_MAPPINGS   7  /* what the hypervisor maps of guests' frames */
#define MORTISE_AUDIT_MAPTRACK   8  /* the records of grant mappings, their free list and count */
#define MORTISE_AUDIT_PIRQS      9  /* a physical interrupt, its port and its line */
#define MORTISE_AUDIT_SCHEDULER  10 /* run queues, their loads and counts */
#define MORTISE_AUDIT_DOMAINS    11 /* references on domains, the list and the table of domains */
#define MORTISE_AUDIT_WINDOWS    12 /* a window in use that nobody holds, or that shows another */
#define MORTISE_AUDIT_TEARDOWN   13 /* what a dying domain should not have any more */
#define MORTISE_AUDIT_NR_KINDS   16 /* room; the rest are 0 */

#define MORTISE_NO_SUBOP 0xffffffff /* mortise_refusal.subop of a call that has none */

#ifndef __ASSEMBLY__

/* One difference. What object, recorded and found are is what the words say. */
typedef struct mortise_difference {
    uint32_t kind;   /* MORTISE_AUDIT_* */
    domid_t domid;   /* whose, or DOMID_INVALID */
    uint16_t pad;    /* 0 */
    uint64_t object; /* a frame, port, grant, vCPU, CPU... */
    uint64_t recorded, found;
    char words[128]; /* ends with a zero */
} mortise_difference_t;
DEFINE_XEN_GUEST_HANDLE(mortise_difference_t);

#define MORTISE_AUDIT_ROOM 32 /* differences that an audit describes; the rest it only counts */

/* Counts every reference of the running system anew, other vCPUs being paused meanwhile. */
typedef struct mortise_audit {
    uint32_t interface_version;                   /* in */
    uint32_t flags;                               /* in: 0 */
    uint64_t frames_checked;                      /* out */
    uint64_t references;                          /* out: references on frames that were found */
    uint64_t time_ns;                             /* out: how long the vCPUs stood still */
    uint64_t total;                               /* out: sum of differences; 0 is a clean system */
    uint64_t differences[MORTISE_AUDIT_NR_KINDS]; /* out */
    uint32_t count;                               /* in: records of room; out: records written */
    uint32_t pad;                                 /* in: 0 */
    XEN_GUEST_HANDLE(mortise_difference_t) buffer; /* out */
} mortise_audit_t;
DEFINE_XEN_GUEST_HANDLE(mortise_audit_t);

/* One call that was refused, as the hypervisor saw it. */
typedef struct mortise_refusal {
    uint64_t sequence; /* counts the domain's refusals from 1, without a gap */
    uint64_t time_ns;  /* system time */
    uint32_t vcpu;
    uint32_t hypercall; /* __HYPERVISOR_* */
    uint32_t subop;     /* its command, or MORTISE_NO_SUBOP */
    int32_t error;      /* negative errno that was returned */
    uint32_t rule;      /* which check refused it */
    uint32_t pad;       /* 0 */
    uint64_t argument;  /* the value the check looked at */
} mortise_refusal_t;
DEFINE_XEN_GUEST_HANDLE(mortise_refusal_t);

/*
 * Copies a domain's records from sequence number first on, oldest first; those that the ring has
 * overwritten are skipped, which a gap in the numbers shows.
 */
typedef struct mortise_refusals {
    uint32_t interface_version; /* in */
    domid_t domid;              /* in: DOMID_SELF, or another when privileged */
    uint16_t pad;               /* in: 0 */
    uint64_t first;             /* in: lowest number wanted; out: where to go on next time */
    uint32_t count;             /* in: records of room; out: records written */
    uint32_t pad1;              /* in: 0 */
    XEN_GUEST_HANDLE(mortise_refusal_t) buffer; /* out */
} mortise_refusals_t;
DEFINE_XEN_GUEST_HANDLE(mortise_refusals_t);

/* How often each rule refused something, of all domains since the boot, by the rule's number. */
typedef struct mortise_rules {
    uint32_t interface_version;        /* in */
    uint32_t count;                    /* in: numbers of room; out: how many rules there are */
    XEN_GUEST_HANDLE(uint64_t) buffer; /* out */
} mortise_rules_t;
DEFINE_XEN_GUEST_HANDLE(mortise_rules_t);

/* Where the host's memory is, in frames of 4096 bytes. ram is the sum of the three below. */
typedef struct mortise_memory_info {
    uint32_t interface_version; /* in */
    uint32_t pad;               /* in: 0 */
    uint64_t ram;               /* out: RAM in the firmware's map */
    uint64_t free;              /* out: owned by nobody */
    uint64_t domains;           /* out: owned by domains */
    uint64_t hypervisor;        /* out: image, heap, frame table, M2P and all else */
} mortise_memory_info_t;
DEFINE_XEN_GUEST_HANDLE(mortise_memory_info_t);

/* A frame of a domain's, and its number in the domain's own numbering as the M2P has it. */
typedef struct mortise_frame {
    uint64_t mfn;
    uint64_t pfn; /* what the domain wrote there, if it did */
} mortise_frame_t;
DEFINE_XEN_GUEST_HANDLE(mortise_frame_t);

/*
 * The frames that a domain owns and that have a number, by rising MFN. A call looks at part of the
 * host's frames; go on until first is beyond every frame (all ones).
 */
typedef struct mortise_frames {
    uint32_t interface_version;               /* in */
    domid_t domid;                            /* in */
    uint16_t pad;                             /* in: 0 */
    uint64_t first;                           /* in: lowest MFN wanted; out: where to go on */
    uint32_t count;                           /* in: records of room; out: records written */
    uint32_t pad1;                            /* in: 0 */
    XEN_GUEST_HANDLE(mortise_frame_t) buffer; /* out */
} mortise_frames_t;
DEFINE_XEN_GUEST_HANDLE(mortise_frames_t);

#endif /* __ASSEMBLY__ */

#endif
