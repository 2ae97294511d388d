/* SPDX-License-Identifier: MIT */
/*
 * physdev.h: HYPERVISOR_physdev_op(cmd, argument), interrupt lines, I/O privilege and PCI.
 *
 * A PIRQ is a domain's number for an interrupt line or message. The control domain finds a device,
 * tells of it, maps a line to a PIRQ, binds the PIRQ to a port, and says end-of-interrupt when
 * asked to.
 */
#ifndef __XEN_PUBLIC_PHYSDEV_H__
#define __XEN_PUBLIC_PHYSDEV_H__

#include "xen.h"

#define PHYSDEVOP_IRQ_UNMASK_NOTIFY  4 /* no longer answered */
#define PHYSDEVOP_irq_status_query   5
#define PHYSDEVOP_set_iopl           6
#define PHYSDEVOP_set_iobitmap       7
#define PHYSDEVOP_apic_read          8
#define PHYSDEVOP_apic_write         9
#define PHYSDEVOP_alloc_irq_vector   10
#define PHYSDEVOP_free_irq_vector    11
#define PHYSDEVOP_eoi                12
#define PHYSDEVOP_map_pirq           13
#define PHYSDEVOP_unmap_pirq         14
#define PHYSDEVOP_manage_pci_add     15
#define PHYSDEVOP_manage_pci_remove  16
#define PHYSDEVOP_pirq_eoi_gmfn_v1   17 /* eoi also unmasks the port */
#define PHYSDEVOP_restore_msi        19
#define PHYSDEVOP_manage_pci_add_ext 20
#define PHYSDEVOP_setup_gsi          21
#define PHYSDEVOP_get_free_pirq      23
#define PHYSDEVOP_pci_mmcfg_reserved 24
#define PHYSDEVOP_pci_device_add     25
#define PHYSDEVOP_pci_device_remove  26 /* struct physdev_pci_device, as 27, 30, 31 */
#define PHYSDEVOP_restore_msi_ext    27
#define PHYSDEVOP_pirq_eoi_gmfn_v2   28
#define PHYSDEVOP_dbgp_op            29
#define PHYSDEVOP_prepare_msix       30 /* the device's MSI-X table stays where it is */
#define PHYSDEVOP_release_msix       31

#if __XEN_INTERFACE_VERSION__ < 0x00040200
#define PHYSDEVOP_pirq_eoi_gmfn PHYSDEVOP_pirq_eoi_gmfn_v1
#else
#define PHYSDEVOP_pirq_eoi_gmfn PHYSDEVOP_pirq_eoi_gmfn_v2
#endif

/* Older spellings. */
#if __XEN_INTERFACE_VERSION__ < 0x00040600
#define PHYSDEVOP_IRQ_STATUS_QUERY        PHYSDEVOP_irq_status_query
#define PHYSDEVOP_SET_IOPL                PHYSDEVOP_set_iopl
#define PHYSDEVOP_SET_IOBITMAP            PHYSDEVOP_set_iobitmap
#define PHYSDEVOP_APIC_READ               PHYSDEVOP_apic_read
#define PHYSDEVOP_APIC_WRITE              PHYSDEVOP_apic_write
#define PHYSDEVOP_ASSIGN_VECTOR           PHYSDEVOP_alloc_irq_vector
#define PHYSDEVOP_FREE_VECTOR             PHYSDEVOP_free_irq_vector
#define PHYSDEVOP_IRQ_NEEDS_UNMASK_NOTIFY XENIRQSTAT_needs_eoi
#define PHYSDEVOP_IRQ_SHARED              XENIRQSTAT_shared
#endif

/* physdev_irq_status_query.flags */
#define _XENIRQSTAT_needs_eoi (0)
#define XENIRQSTAT_needs_eoi  (1U << _XENIRQSTAT_needs_eoi)
#define _XENIRQSTAT_shared    (1)
#define XENIRQSTAT_shared     (1U << _XENIRQSTAT_shared)

/* physdev_map_pirq.type */
#define MAP_PIRQ_TYPE_MSI       0x0
#define MAP_PIRQ_TYPE_GSI       0x1
#define MAP_PIRQ_TYPE_UNKNOWN   0x2
#define MAP_PIRQ_TYPE_MSI_SEG   0x3 /* bus has the segment in bits 16 to 31 */
#define MAP_PIRQ_TYPE_MULTI_MSI 0x4 /* likewise; entry_nr messages in a row */

/* physdev_pci_mmcfg_reserved.flags: firmware reserves the window. */
#define XEN_PCI_MMCFG_RESERVED 0x1

/* physdev_pci_device_add.flags */
#define XEN_PCI_DEV_EXTFN  0x1 /* an extended function */
#define XEN_PCI_DEV_VIRTFN 0x2 /* a virtual function of physfn */
#define XEN_PCI_DEV_PXM    0x4 /* optarr[0] is its proximity domain */

/* physdev_dbgp_op: a debug port's controller is about to be reset, or has been. */
#define PHYSDEVOP_DBGP_RESET_PREPARE 1
#define PHYSDEVOP_DBGP_RESET_DONE    2
#define PHYSDEVOP_DBGP_BUS_UNKNOWN   0
#define PHYSDEVOP_DBGP_BUS_PCI       1

#ifndef __ASSEMBLY__

typedef struct physdev_eoi {
    uint32_t irq; /* in: PIRQ */
} physdev_eoi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_eoi_t);

/* A frame in which bit n says that PIRQ n wants an eoi. */
typedef struct physdev_pirq_eoi_gmfn {
    xen_pfn_t gmfn; /* in */
} physdev_pirq_eoi_gmfn_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pirq_eoi_gmfn_t);

typedef struct physdev_irq_status_query {
    uint32_t irq;   /* in: PIRQ */
    uint32_t flags; /* out: XENIRQSTAT_* */
} physdev_irq_status_query_t;
DEFINE_XEN_GUEST_HANDLE(physdev_irq_status_query_t);

/* The calling vCPU's privilege for all ports. */
typedef struct physdev_set_iopl {
    uint32_t iopl; /* in: 1 to 3; 3 lets user mode in */
} physdev_set_iopl_t;
DEFINE_XEN_GUEST_HANDLE(physdev_set_iopl_t);

/* The calling vCPU's user-mode port permissions; a clear bit allows. */
typedef struct physdev_set_iobitmap {
#if __XEN_INTERFACE_VERSION__ >= 0x00030205
    XEN_GUEST_HANDLE(uint8) bitmap; /* in */
#else
    uint8_t *bitmap;
#endif
    uint32_t nr_ports; /* in: bits */
} physdev_set_iobitmap_t;
DEFINE_XEN_GUEST_HANDLE(physdev_set_iobitmap_t);

typedef struct physdev_apic {
    unsigned long apic_physbase; /* in: which I/O APIC */
    uint32_t reg;                /* in */
    uint32_t value;              /* in for write, out for read */
} physdev_apic_t;
DEFINE_XEN_GUEST_HANDLE(physdev_apic_t);

typedef struct physdev_irq {
    uint32_t irq;    /* in */
    uint32_t vector; /* out of alloc */
} physdev_irq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_irq_t);

typedef struct physdev_map_pirq {
    domid_t domid;       /* in */
    int type;            /* in: MAP_PIRQ_TYPE_* */
    int index;           /* in: line, for GSI */
    int pirq;            /* in: wanted, or -1; out: given */
    int bus;             /* in: message types */
    int devfn;           /* in */
    int entry_nr;        /* in: MSI-X entry; messages in a row, in and out */
    uint64_t table_base; /* in: machine address of the MSI-X table, 0: plain MSI */
} physdev_map_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_map_pirq_t);

typedef struct physdev_unmap_pirq {
    domid_t domid; /* in */
    int pirq;      /* in */
} physdev_unmap_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_unmap_pirq_t);

typedef struct physdev_manage_pci {
    uint8_t bus;   /* in */
    uint8_t devfn; /* in */
} physdev_manage_pci_t;
DEFINE_XEN_GUEST_HANDLE(physdev_manage_pci_t);

typedef struct physdev_restore_msi {
    uint8_t bus;   /* in */
    uint8_t devfn; /* in */
} physdev_restore_msi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_restore_msi_t);

typedef struct physdev_manage_pci_ext {
    uint8_t bus;        /* in */
    uint8_t devfn;      /* in */
    uint32_t is_extfn;  /* in */
    uint32_t is_virtfn; /* in: a virtual function of physfn */
    struct {
        uint8_t bus;
        uint8_t devfn;
    } physfn; /* in */
} physdev_manage_pci_ext_t;
DEFINE_XEN_GUEST_HANDLE(physdev_manage_pci_ext_t);

typedef struct physdev_setup_gsi {
    int gsi;            /* in */
    uint8_t triggering; /* in: 0 edge, 1 level */
    uint8_t polarity;   /* in: 0 high, 1 low */
} physdev_setup_gsi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_setup_gsi_t);

typedef struct physdev_get_free_pirq {
    int type;      /* in: MAP_PIRQ_TYPE_MSI or _GSI */
    uint32_t pirq; /* out: reserved for a map_pirq that follows */
} physdev_get_free_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_get_free_pirq_t);

typedef struct physdev_pci_mmcfg_reserved {
    uint64_t address;  /* in: machine address of the window */
    uint16_t segment;  /* in */
    uint8_t start_bus; /* in */
    uint8_t end_bus;   /* in: the last one */
    uint32_t flags;    /* in: XEN_PCI_MMCFG_RESERVED */
} physdev_pci_mmcfg_reserved_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_mmcfg_reserved_t);

typedef struct physdev_pci_device_add {
    uint16_t seg;   /* in */
    uint8_t bus;    /* in */
    uint8_t devfn;  /* in */
    uint32_t flags; /* in: XEN_PCI_DEV_* */
    struct {
        uint8_t bus;
        uint8_t devfn;
    } physfn;                                        /* in */
    XEN_ABI_EXT uint32_t optarr[XEN_FLEX_ARRAY_DIM]; /* in: by flags */
} physdev_pci_device_add_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_add_t);

typedef struct physdev_pci_device {
    uint16_t seg;  /* in */
    uint8_t bus;   /* in */
    uint8_t devfn; /* in */
} physdev_pci_device_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_t);

typedef struct physdev_dbgp_op {
    uint8_t op;  /* in: PHYSDEVOP_DBGP_RESET_* */
    uint8_t bus; /* in: PHYSDEVOP_DBGP_BUS_* */
    union {
        physdev_pci_device_t pci;
    } u; /* in */
} physdev_dbgp_op_t;
DEFINE_XEN_GUEST_HANDLE(physdev_dbgp_op_t);

/* Argument of the old call 19, which took its command in memory. */
typedef struct physdev_op {
    uint32_t cmd;
    union {
        physdev_irq_status_query_t irq_status_query;
        physdev_set_iopl_t set_iopl;
        physdev_set_iobitmap_t set_iobitmap;
        physdev_apic_t apic_op;
        physdev_irq_t irq_op;
    } u;
} physdev_op_t;
DEFINE_XEN_GUEST_HANDLE(physdev_op_t);

#endif /* __ASSEMBLY__ */

#endif
