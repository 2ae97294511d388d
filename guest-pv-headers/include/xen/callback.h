/* SPDX-License-Identifier: MIT */
/*
 * callback.h: HYPERVISOR_callback_op(cmd, argument), where the hypervisor enters a guest kernel.
 *
 * The successor of set_callbacks. Registering a type again replaces its entry point.
 */
#ifndef __XEN_PUBLIC_CALLBACK_H__
#define __XEN_PUBLIC_CALLBACK_H__

#include "xen.h"

#define CALLBACKOP_register   0
#define CALLBACKOP_unregister 1

#define CALLBACKTYPE_event               0
#define CALLBACKTYPE_failsafe            1 /* a segment could not be loaded on the way back */
#define CALLBACKTYPE_syscall             2 /* 64-bit user space */
#define CALLBACKTYPE_sysenter_deprecated 3
#define CALLBACKTYPE_nmi                 4
#if __XEN_INTERFACE_VERSION__ < 0x00030207
#define CALLBACKTYPE_sysenter CALLBACKTYPE_sysenter_deprecated
#else
#define CALLBACKTYPE_sysenter 5
#endif
#define CALLBACKTYPE_syscall32 7 /* 32-bit user space */

/* callback_register.flags: enter with events masked. */
#define _CALLBACKF_mask_events 0
#define CALLBACKF_mask_events  (1U << _CALLBACKF_mask_events)

#ifndef __ASSEMBLY__

typedef struct callback_register {
    uint16_t type;          /* CALLBACKTYPE_* */
    uint16_t flags;         /* CALLBACKF_* */
    xen_callback_t address; /* of the handler */
} callback_register_t;
DEFINE_XEN_GUEST_HANDLE(callback_register_t);

/* Only some types may go: the event and failsafe entries stay. */
typedef struct callback_unregister {
    uint16_t type;
    uint16_t _unused;
} callback_unregister_t;
DEFINE_XEN_GUEST_HANDLE(callback_unregister_t);

#endif /* __ASSEMBLY__ */

#endif
