/* SPDX-License-Identifier: MIT */
/*
 * domctl-device.h: control calls about devices given to a domain. Included by domctl.h.
 *
 * They need an IOMMU, which Mortise does not drive: it refuses them. The records are here so that
 * tools compile. A device is named by segment << 16 | bus << 8 | device and function.
 */
#ifndef XEN_ABI_DOMCTL_DEVICE_H
#define XEN_ABI_DOMCTL_DEVICE_H

#define XEN_DOMCTL_DEV_PCI         0
#define XEN_DOMCTL_DEV_DT          1
#define XEN_DOMCTL_DEV_RDM_RELAXED 1 /* flags: a conflict of reserved memory is no error */

struct xen_domctl_assign_device {
    uint32_t dev;   /* XEN_DOMCTL_DEV_* */
    uint32_t flags; /* XEN_DOMCTL_DEV_RDM_RELAXED */
    union {
        struct {
            uint32_t machine_sbdf;
        } pci;
        struct {
            uint32_t size; /* bytes of path */
            XEN_GUEST_HANDLE_64(char) path;
#ifdef __XEN__
            struct dt_device_node *dev; /* the hypervisor's own */
#endif
        } dt;
    } u;
};

/* Devices that the IOMMU can't tell apart. */
struct xen_domctl_get_device_group {
    uint32_t machine_sbdf; /* in */
    uint32_t max_sdevs;    /* in: room */
    uint32_t num_sdevs;    /* out */
    XEN_GUEST_HANDLE_64(uint32) sdev_array;
};

enum pt_irq_type {
    PT_IRQ_TYPE_PCI,
    PT_IRQ_TYPE_ISA,
    PT_IRQ_TYPE_MSI,
    PT_IRQ_TYPE_MSI_TRANSLATE,
    PT_IRQ_TYPE_SPI
};

/* xen_domctl_bind_pt_irq.u.msi.gflags: the fields of an MSI message */
#define XEN_DOMCTL_VMSI_X86_DEST_ID_MASK 0x0000ff
#define XEN_DOMCTL_VMSI_X86_RH_MASK      0x000100
#define XEN_DOMCTL_VMSI_X86_DM_MASK      0x000200
#define XEN_DOMCTL_VMSI_X86_DELIV_MASK   0x007000
#define XEN_DOMCTL_VMSI_X86_TRIG_MASK    0x008000
#define XEN_DOMCTL_VMSI_X86_UNMASKED     0x010000

struct xen_domctl_bind_pt_irq {
    uint32_t machine_irq;
    uint32_t irq_type; /* enum pt_irq_type */
    union {
        struct {
            uint8_t isa_irq;
        } isa;
        struct {
            uint8_t bus;
            uint8_t device;
            uint8_t intx; /* 0 is INTA */
        } pci;
        struct {
            uint8_t gvec;
            uint32_t gflags;
            uint64_aligned_t gtable; /* guest address of the MSI-X table */
        } msi;
        struct {
            uint16_t spi;
        } spi;
    } u;
};

#define DPCI_REMOVE_MAPPING 0
#define DPCI_ADD_MAPPING    1

struct xen_domctl_memory_mapping {
    uint64_aligned_t first_gfn;
    uint64_aligned_t first_mfn;
    uint64_aligned_t nr_mfns;
    uint32_t add_mapping; /* DPCI_* */
    uint32_t padding;     /* 0 */
};

struct xen_domctl_ioport_mapping {
    uint32_t first_gport;
    uint32_t first_mport;
    uint32_t nr_ports;
    uint32_t add_mapping; /* DPCI_* */
};

/* Memory types of a pinned range. */
#define XEN_DOMCTL_MEM_CACHEATTR_UC     0
#define XEN_DOMCTL_MEM_CACHEATTR_WC     1
#define XEN_DOMCTL_MEM_CACHEATTR_WT     4
#define XEN_DOMCTL_MEM_CACHEATTR_WP     5
#define XEN_DOMCTL_MEM_CACHEATTR_WB     6
#define XEN_DOMCTL_MEM_CACHEATTR_UCM    7
#define XEN_DOMCTL_DELETE_MEM_CACHEATTR (~(uint32_t)0)

/* Arm's virtual serial line. */
#define XEN_DOMCTL_VUART_OP_INIT     0
#define XEN_DOMCTL_VUART_TYPE_VPL011 0

struct xen_domctl_vuart_op {
    uint32_t cmd;
    uint32_t type;
    uint64_aligned_t gfn;
    domid_t console_domid;
    uint8_t pad[2];
    evtchn_port_t evtchn; /* out */
};

#endif
