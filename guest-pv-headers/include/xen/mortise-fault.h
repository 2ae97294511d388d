/* SPDX-License-Identifier: MIT */
/*
 * mortise-fault.h: MORTISE_fault of HYPERVISOR_mortise_op, for tests alone.
 *
 * Only the image mortise-faults, which is never installed, has it; on every other it is -ENOSYS.
 */
#ifndef XEN_MORTISE_FAULT_H
#define XEN_MORTISE_FAULT_H

#include "mortise.h"

#define MORTISE_FAULT_PAGE_REF      0  /* object: MFN */
#define MORTISE_FAULT_TYPE_REF      1  /* object: MFN */
#define MORTISE_FAULT_PIN           2  /* object: MFN; changes over */
#define MORTISE_FAULT_VALIDATED     3  /* object: MFN; changes over */
#define MORTISE_FAULT_ENTRY         4  /* object: machine address of an entry; RW changes over */
#define MORTISE_FAULT_L4_SLOT       5  /* object: MFN of an L4; a bit of its last slot */
#define MORTISE_FAULT_FRAMES        6  /* the account of frames */
#define MORTISE_FAULT_SHARED_FRAMES 7  /* the account of frames that the hypervisor shares */
#define MORTISE_FAULT_LISTED        8  /* object: MFN; its mark of being listed changes over */
#define MORTISE_FAULT_CLAIMED       9  /* frames set aside for the domain */
#define MORTISE_FAULT_M2P           10 /* object: MFN without owner; its entry changes over */
#define MORTISE_FAULT_GRANT_READERS 11 /* object: grant reference */
#define MORTISE_FAULT_GRANT_WRITERS 12 /* object: grant reference */
#define MORTISE_FAULT_GRANT_FRAMES  13 /* the count of the table's frames */
#define MORTISE_FAULT_MAPPINGS      14 /* the count of mappings in use */
#define MORTISE_FAULT_MAPPING_KIND  15 /* object: handle; read-only changes over */
#define MORTISE_FAULT_MAPPING_FREE  16 /* the first free handle */
#define MORTISE_FAULT_PORTS         17 /* the count of ports in use */
#define MORTISE_FAULT_PORT_PEER     18 /* object: port; the other end's number */
#define MORTISE_FAULT_PORT_VCPU     19 /* object: port; the vCPU that is told */
#define MORTISE_FAULT_PORT_FREE     20 /* the lowest free port */
#define MORTISE_FAULT_VIRQ          21 /* object: VIRQ of vCPU 0; its port */
#define MORTISE_FAULT_PIRQ_PORT     22 /* object: PIRQ; its port */
#define MORTISE_FAULT_PIRQ_BOUND    23 /* object: PIRQ; whether its line calls it changes over */
#define MORTISE_FAULT_WAITING       24 /* object: CPU; the count of those who wait */
#define MORTISE_FAULT_LOAD          25 /* object: CPU; its load */
#define MORTISE_FAULT_ACTIVE        26 /* the count of vCPUs that run or want to */
#define MORTISE_FAULT_PARKED        27 /* object: vCPU; whether it is over the cap changes over */
#define MORTISE_FAULT_DOMAIN_REF    28 /* references on the domain */
#define MORTISE_FAULT_WINDOW        29 /* object: vCPU; uses of its last window */
#define MORTISE_FAULT_UNDO          30 /* object: vCPU; the count of unfinished tables */
#define MORTISE_FAULT_LDT           31 /* object: vCPU; which pages of its LDT are mapped */
#define MORTISE_FAULT_SHARED_INFO   32 /* the number of the frame that is shared_info */
#define MORTISE_FAULT_TEARDOWN      33 /* the step that its end is at */
#define MORTISE_FAULT_ENTRY_FRAME   34 /* object: machine address of an entry; its frame's number */
#define MORTISE_FAULT_ALLOCATION    35 /* no record; see below */
#define MORTISE_FAULTS              36

/*
 * MORTISE_FAULT_ALLOCATION: from now on allocations are counted, and those from the object's low
 * half on up to its high half fail, counted from 1; both 0: none does. change 0 ends it. out:
 * object, how many there were since the last time.
 */
#define MORTISE_FAULT_FAIL(first, last) ((uint64_t)(last) << 32 | (first))

#ifndef __ASSEMBLY__

/*
 * Spoils one of the hypervisor's own records, so that a test sees whether the audit finds it; or
 * has allocations fail.
 */
typedef struct mortise_fault {
    uint32_t interface_version; /* in */
    uint32_t fault;             /* in: MORTISE_FAULT_* */
    domid_t domid;              /* in: whose record */
    uint16_t pad;               /* in: 0 */
    int32_t change;             /* in: what is added to the record; the negative undoes it */
    uint64_t object;            /* in: as the fault says; out: see ALLOCATION */
} mortise_fault_t;
DEFINE_XEN_GUEST_HANDLE(mortise_fault_t);

#endif /* __ASSEMBLY__ */

#endif
