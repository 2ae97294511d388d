/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the stores of the control domain's kernel to device memory that it may only read: PCI's
 * configuration window, and pages that hold an MSI-X table. Only MOV to memory is known here: other
 * instructions would read the device too.
 */
#include "dev/device_page.h"
#include "dev/pci.h"
#include "pv/device_memory.h"
#include "pv/emulate.h"
#include "pv/io_ports.h"

static enum emulated config_store(uint64_t at, unsigned int bytes, uint64_t value)
{
    unsigned int reg;
    struct pci_dev d;

    if (bytes > 4 || !pci_window_find(at, &d, &reg))
        return EMULATED_NOT;
    pci_access_store(d, reg, bytes, (uint32_t)value);
    return EMULATED_DONE;
}

static enum emulated page_store(uint64_t at, unsigned int bytes, uint64_t value)
{
    volatile uint8_t *p = device_page(at & PAGE_MASK);

    if (!p)
        return EMULATED_NOT;
    p += at & (PAGE_SIZE - 1);
    if (bytes == 1)
        *p = (uint8_t)value;
    else if (bytes == 2)
        *(volatile uint16_t *)p = (uint16_t)value;
    else if (bytes == 4)
        *(volatile uint32_t *)p = (uint32_t)value;
    else
        *(volatile uint64_t *)p = value;
    return EMULATED_DONE;
}

enum emulated emulate_device_store(struct emulation *e, uint64_t at, uint64_t value)
{
    unsigned int bytes = e->insn.size;

    if (e->insn.op != OP_MOV)
        return EMULATED_NOT;
    switch (device_memory_store(e->v->domain->id, at, bytes)) {
    case STORE_FAULTS:
        return EMULATED_NOT;
    case STORE_CONFIG:
        return config_store(at, bytes, value);
    case STORE_IGNORED:
        return EMULATED_DONE;
    case STORE_PASSES:
        return page_store(at, bytes, value);
    }
    return EMULATED_NOT;
}
