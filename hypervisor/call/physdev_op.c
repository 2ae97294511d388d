/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_physdev_op: I/O privilege of the caller, interrupt lines and their PIRQs, end of
 * interrupt.
 *
 * What concerns PCI devices is in physdev_pci.c. Lines and devices are the control domain's;
 * end-of-interrupt and I/O privilege are every domain's own.
 */
#include <xen/physdev.h>

#include "call/argument.h"
#include "call/handlers.h"
#include "call/physdev.h"
#include "cpu/percpu.h"
#include "dev/ioapic.h"
#include "event/pirq.h"
#include "kern/irq.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "pv/pv.h"

#define MAX_PORTS 65536
#define RTE_FIRST 0x10 /* register number of the first redirection entry's low word */

static struct domain *caller(void)
{
    return current()->domain;
}

static int set_iopl(gva_t arg)
{
    struct physdev_set_iopl op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.iopl > 3)
        return refuse(RULE_IOPL, op.iopl, -EINVAL);
    current()->pv->iopl = op.iopl;
    return 0;
}

static int set_iobitmap(gva_t arg)
{
    struct physdev_set_iobitmap op;
    uint64_t bitmap;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    bitmap = (uintptr_t)op.bitmap.p;
    if (op.nr_ports > MAX_PORTS || !gva_range_ok(gva(bitmap), DIV_ROUND_UP(op.nr_ports, 8)))
        return refuse(RULE_IO_BITMAP, op.nr_ports, -EINVAL);
    current()->pv->io_bitmap = op.nr_ports ? bitmap : 0;
    current()->pv->io_bitmap_ports = op.nr_ports;
    return 0;
}

static int apic_read(gva_t arg)
{
    struct physdev_apic op;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    rc = ioapic_guest_read(op.apic_physbase, op.reg, &op.value);
    return rc ? refuse(RULE_IOAPIC_REGISTER, op.reg, rc) : give_back(arg, &op, sizeof(op));
}

/* Of what is written only the wiring of a line is taken, as PHYSDEVOP_setup_gsi does; vectors,
 * CPUs and masks are ours. */
static int apic_write(gva_t arg)
{
    struct physdev_apic op;
    unsigned int gsi = 0;
    uint32_t present;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    rc = ioapic_guest_read(op.apic_physbase, op.reg, &present);
    if (rc == 0 && op.reg >= RTE_FIRST && !(op.reg & 1))
        rc = ioapic_guest_gsi(op.apic_physbase, op.reg, &gsi);
    if (rc)
        return refuse(RULE_IOAPIC_REGISTER, op.reg, rc);
    if (op.reg < RTE_FIRST || (op.reg & 1))
        return 0;
    rc = irq_setup_gsi(gsi, op.value & RTE_LEVEL, op.value & RTE_ACTIVE_LOW);
    return rc && rc != -EEXIST ? refuse(RULE_PIRQ_SETUP, gsi, rc) : 0;
}

/* A line's number stands for its vector: the guest never sees the real one. */
static int alloc_irq_vector(gva_t arg)
{
    struct physdev_irq op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.irq >= irq_gsi_count())
        return refuse(RULE_PIRQ_LINE, op.irq, -EINVAL);
    op.vector = op.irq;
    return give_back(arg, &op, sizeof(op));
}

static int eoi(gva_t arg)
{
    struct physdev_eoi op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    return pirq_eoi(caller(), op.irq);
}

static int irq_status_query(gva_t arg)
{
    struct physdev_irq_status_query op;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    rc = pirq_status(caller(), op.irq, &op.flags);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int pirq_eoi_gmfn(gva_t arg, bool unmask_on_eoi)
{
    struct physdev_pirq_eoi_gmfn op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    return pirq_eoi_map_set(caller(), mfn(op.gmfn), unmask_on_eoi);
}

static int setup_gsi(gva_t arg)
{
    struct physdev_setup_gsi op;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.gsi < 0 || (unsigned int)op.gsi >= irq_gsi_count())
        return refuse(RULE_PIRQ_LINE, (uint64_t)op.gsi, -EINVAL);
    rc = irq_setup_gsi((unsigned int)op.gsi, op.triggering != 0, op.polarity != 0);
    return rc ? refuse(RULE_PIRQ_SETUP, (uint64_t)op.gsi, rc) : 0;
}

static int get_free_pirq(gva_t arg)
{
    struct physdev_get_free_pirq op;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.type != MAP_PIRQ_TYPE_MSI && op.type != MAP_PIRQ_TYPE_GSI)
        return refuse(RULE_PIRQ_KIND, (uint64_t)op.type, -EINVAL);
    rc = pirq_reserve(caller(), op.type == MAP_PIRQ_TYPE_MSI ? PIRQ_MSI : PIRQ_GSI, &op.pirq);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int map_gsi(struct domain *d, struct physdev_map_pirq *op)
{
    if (op->index < 0 || (unsigned int)op->index >= irq_gsi_count())
        return refuse(RULE_PIRQ_LINE, (uint64_t)op->index, -EINVAL);
    return pirq_map(d, PIRQ_GSI, (uint32_t)op->index, &op->pirq);
}

/* The device's message: its IRQ is made, then numbered; undone when there is no number. */
static int map_msi(struct domain *d, struct physdev_map_pirq *op)
{
    bool segment = op->type != MAP_PIRQ_TYPE_MSI;
    struct irq_msi msi = {
        .segment = segment ? (uint16_t)((uint32_t)op->bus >> 16) : 0,
        .bus = (uint8_t)op->bus,
        .devfn = (uint8_t)op->devfn,
        .entry = (uint16_t)op->entry_nr,
        .table = op->table_base,
    };
    unsigned int irq;
    int rc;

    if (op->type == MAP_PIRQ_TYPE_MULTI_MSI) {
        if (op->entry_nr != 1)
            return refuse(RULE_PIRQ_MULTI_MSI, (uint64_t)op->entry_nr, -EOPNOTSUPP);
        msi.entry = 0;
        msi.table = 0;
    }
    /* the table may have moved since the device was reported */
    rc = msi.table ? physdev_keep_messages((struct pci_dev){msi.segment, msi.bus, msi.devfn}) : 0;
    if (rc)
        return rc;
    rc = irq_create_msi(&msi, &irq);
    if (rc)
        return refuse(RULE_PIRQ_MSI, (uint64_t)op->bus << 8 | msi.devfn, rc);
    rc = pirq_map(d, PIRQ_MSI, irq, &op->pirq);
    if (rc)
        irq_destroy_msi(irq);
    return rc;
}

/* The domain meant, with a reference: the caller's, or one that it controls. */
static int target_get(domid_t id, struct domain **d)
{
    *d = domain_get(id);
    if (!*d)
        return refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
    if ((*d != caller() && !domain_may(caller(), MAY_CONTROL, *d)) || !(*d)->pirqs) {
        domain_put(*d);
        return refuse(RULE_NOT_PERMITTED, id, -EPERM);
    }
    return 0;
}

static int map_pirq(gva_t arg)
{
    struct physdev_map_pirq op;
    struct domain *d;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    rc = target_get(op.domid, &d);
    if (rc)
        return rc;
    switch (op.type) {
    case MAP_PIRQ_TYPE_GSI:
        rc = map_gsi(d, &op);
        break;
    case MAP_PIRQ_TYPE_MSI:
    case MAP_PIRQ_TYPE_MSI_SEG:
    case MAP_PIRQ_TYPE_MULTI_MSI:
        rc = map_msi(d, &op);
        break;
    default:
        rc = refuse(RULE_PIRQ_KIND, (uint64_t)op.type, -EINVAL);
        break;
    }
    domain_put(d);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int unmap_pirq(gva_t arg)
{
    struct physdev_unmap_pirq op;
    struct domain *d;
    int rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    rc = target_get(op.domid, &d);
    if (rc)
        return rc;
    if (op.pirq < 0)
        rc = refuse(RULE_PIRQ_RANGE, (uint64_t)op.pirq, -EINVAL);
    else
        rc = pirq_unmap(d, (uint32_t)op.pirq);
    domain_put(d);
    return rc;
}

/* Lines, numbers and devices: for who may access hardware. */
static int hardware_op(uint32_t cmd, gva_t arg)
{
    if (!domain_may(caller(), MAY_ACCESS_HARDWARE, NULL))
        return refuse(RULE_NOT_PERMITTED, cmd, -EPERM);
    switch (cmd) {
    case PHYSDEVOP_apic_read:
        return apic_read(arg);
    case PHYSDEVOP_apic_write:
        return apic_write(arg);
    case PHYSDEVOP_alloc_irq_vector:
        return alloc_irq_vector(arg);
    case PHYSDEVOP_map_pirq:
        return map_pirq(arg);
    case PHYSDEVOP_unmap_pirq:
        return unmap_pirq(arg);
    case PHYSDEVOP_setup_gsi:
        return setup_gsi(arg);
    case PHYSDEVOP_get_free_pirq:
        return get_free_pirq(arg);
    }
    return physdev_pci_op(cmd, arg);
}

long do_physdev_op(uint64_t cmd, uint64_t arg)
{
    gva_t at = gva(arg);

    switch ((uint32_t)cmd) {
    case PHYSDEVOP_set_iopl:
        return set_iopl(at);
    case PHYSDEVOP_set_iobitmap:
        return set_iobitmap(at);
    case PHYSDEVOP_eoi:
        return eoi(at);
    case PHYSDEVOP_irq_status_query:
        return irq_status_query(at);
    case PHYSDEVOP_pirq_eoi_gmfn_v1:
        return pirq_eoi_gmfn(at, true);
    case PHYSDEVOP_pirq_eoi_gmfn_v2:
        return pirq_eoi_gmfn(at, false);
    case PHYSDEVOP_IRQ_UNMASK_NOTIFY:
    case PHYSDEVOP_free_irq_vector:
    case PHYSDEVOP_dbgp_op:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
    return hardware_op((uint32_t)cmd, at);
}
