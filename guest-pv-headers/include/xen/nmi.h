/* SPDX-License-Identifier: MIT */
/*
 * nmi.h: HYPERVISOR_nmi_op(cmd, argument), and why an NMI came.
 *
 * The hypervisor writes the reasons to arch_shared_info.nmi_reason of the control domain.
 */
#ifndef __XEN_PUBLIC_NMI_H__
#define __XEN_PUBLIC_NMI_H__

#include "xen.h"

#define _XEN_NMIREASON_io_error 0 /* I/O check: port 0x61, bit 6 */
#define XEN_NMIREASON_io_error  (1UL << _XEN_NMIREASON_io_error)
#define _XEN_NMIREASON_pci_serr 1 /* PCI system error: port 0x61, bit 7 */
#define XEN_NMIREASON_pci_serr  (1UL << _XEN_NMIREASON_pci_serr)
#if __XEN_INTERFACE_VERSION__ < 0x00040300
#define _XEN_NMIREASON_parity_error 1 /* older name of pci_serr */
#define XEN_NMIREASON_parity_error  (1UL << _XEN_NMIREASON_parity_error)
#endif
#define _XEN_NMIREASON_unknown 2
#define XEN_NMIREASON_unknown  (1UL << _XEN_NMIREASON_unknown)

#define XENNMI_register_callback   0 /* struct xennmi_callback; vCPU 0 of the control domain */
#define XENNMI_unregister_callback 1

#ifndef __ASSEMBLY__

typedef struct xennmi_callback {
    unsigned long handler_address;
    unsigned long pad;
} xennmi_callback_t;
DEFINE_XEN_GUEST_HANDLE(xennmi_callback_t);

#endif

#endif
