/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_physdev_op about PCI devices: coming, going, their configuration window and their
 * messages.
 *
 * A device that is reported must answer in configuration space. One that goes may be gone already.
 */
#include <xen/physdev.h>

#include "call/physdev.h"
#include "dev/msi.h"
#include "kern/irq.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "pv/device_memory.h"

static struct pci_dev device(uint16_t segment, uint8_t bus, uint8_t devfn)
{
    return (struct pci_dev){segment, bus, devfn};
}

static uint64_t address(struct pci_dev d)
{
    return (uint64_t)d.segment << 16 | (uint64_t)d.bus << 8 | d.devfn;
}

static int must_be_there(struct pci_dev d)
{
    if (pci_read(d, PCI_VENDOR, 2) == 0xffff)
        return refuse(RULE_PCI_ABSENT, address(d), -ENODEV);
    return 0;
}

int physdev_keep_messages(struct pci_dev d)
{
    struct device_range r[2];
    struct msix_place at;

    if (!msix_find(d, &at))
        return 0;
    r[0] = (struct device_range){at.table, at.table_end};
    r[1] = (struct device_range){at.pba, at.pba_end};
    if (!device_memory_keep_messages((uint32_t)address(d), r, ARRAY_SIZE(r)))
        return refuse(RULE_PCI_MESSAGES, address(d), -ENOMEM);
    return 0;
}

static int arrives(struct pci_dev d)
{
    int rc = must_be_there(d);

    return rc ? rc : physdev_keep_messages(d);
}

static int goes(struct pci_dev d)
{
    (void)device_memory_keep_messages((uint32_t)address(d), NULL, 0); /* fewer always fit */
    return 0;
}

static int fetch_old(gva_t arg, struct pci_dev *d)
{
    struct physdev_manage_pci op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    *d = device(0, op.bus, op.devfn);
    return 0;
}

static int fetch(gva_t arg, struct pci_dev *d)
{
    struct physdev_pci_device op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    *d = device(op.seg, op.bus, op.devfn);
    return 0;
}

static int device_add(gva_t arg)
{
    struct physdev_pci_device_add op;

    if (copy_from_guest(&op, arg, offsetof(struct physdev_pci_device_add, optarr)))
        return refuse_memory(arg);
    return arrives(device(op.seg, op.bus, op.devfn));
}

static int mmcfg_reserved(gva_t arg)
{
    struct physdev_pci_mmcfg_reserved op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.start_bus > op.end_bus)
        return refuse(RULE_PCI_BUSES, op.start_bus, -EINVAL);
    return 0;
}

/* The table of messages stays where it is, and ours, in any case; the device must have one. */
static int msix_device(gva_t arg)
{
    struct pci_dev d;
    int rc = fetch(arg, &d);

    if (rc)
        return rc;
    rc = must_be_there(d);
    if (rc == 0 && !pci_find_capability(d, PCI_CAP_MSIX))
        rc = refuse(RULE_PCI_ABSENT, address(d), -ENODEV);
    return rc ? rc : physdev_keep_messages(d);
}

static int restore(struct pci_dev d)
{
    int rc = must_be_there(d);

    if (rc == 0)
        irq_restore_msi(d.segment, d.bus, d.devfn);
    return rc;
}

int physdev_pci_op(uint32_t cmd, gva_t arg)
{
    struct pci_dev d;
    int rc;

    switch (cmd) {
    case PHYSDEVOP_manage_pci_add:
    case PHYSDEVOP_manage_pci_add_ext: /* begins with the same two fields */
        rc = fetch_old(arg, &d);
        return rc ? rc : arrives(d);
    case PHYSDEVOP_manage_pci_remove:
        rc = fetch_old(arg, &d);
        return rc ? rc : goes(d);
    case PHYSDEVOP_pci_device_add:
        return device_add(arg);
    case PHYSDEVOP_pci_device_remove:
        rc = fetch(arg, &d);
        return rc ? rc : goes(d);
    case PHYSDEVOP_pci_mmcfg_reserved:
        return mmcfg_reserved(arg);
    case PHYSDEVOP_prepare_msix:
    case PHYSDEVOP_release_msix:
        return msix_device(arg);
    case PHYSDEVOP_restore_msi:
        rc = fetch_old(arg, &d);
        return rc ? rc : restore(d);
    case PHYSDEVOP_restore_msi_ext:
        rc = fetch(arg, &d);
        return rc ? rc : restore(d);
    }
    return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
}
