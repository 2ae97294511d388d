/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the port instructions: who may use them, the string forms, and their memory.
 *
 * A guest's kernel may use ports (which ones reach a device is pv/io_ports.c's business); its user
 * mode when the kernel gave it I/O privilege level 3 or cleared the port's bit in the bitmap that
 * it registered. A repeated instruction does at most IO_CHUNK elements, then is executed again, so
 * that interrupts and other vCPUs get their turn.
 */
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "mm/guest_copy.h"
#include "pv/emulate.h"
#include "pv/io_ports.h"
#include "pv/segment.h"

#define IO_CHUNK 256

/* The bitmap is in the kernel's memory, which user mode's tables don't show. */
static bool bitmap_allows(struct vcpu *v, unsigned int port, unsigned int bytes)
{
    uint8_t bits[2] = {0xff, 0xff};
    size_t n = (port + bytes - 1) / 8 - port / 8 + 1;
    bool user = !guest_in_kernel();
    int rc;

    if (!v->pv->io_bitmap || port + bytes > v->pv->io_bitmap_ports)
        return false;
    if (user)
        pv_enter_kernel(v->pv);
    rc = copy_from_guest(bits, gva(v->pv->io_bitmap + port / 8), n);
    if (user)
        pv_enter_user(v->pv);
    return !rc && !((bits[0] | (unsigned int)bits[1] << 8) >> port % 8 & ((1U << bytes) - 1));
}

/* A guest's kernel counts as ring 1, or as ring 0 with the architecture's own I/O privilege. */
static bool may_use(struct vcpu *v, unsigned int port, unsigned int bytes)
{
    unsigned int ring = v->domain->vm_assist >> VMASST_TYPE_architectural_iopl & 1 ? 0 : 1;

    if (port + bytes > 0x10000)
        return false;
    return v->pv->iopl >= (guest_in_kernel() ? ring : 3) || bitmap_allows(v, port, bytes);
}

static uint16_t selector(const struct cpu_user_regs *regs, unsigned int segment)
{
    uint16_t sel = 0;

    switch ((enum insn_segment)segment) {
    case SEG_ES:
        __asm__("mov %%es, %0" : "=r"(sel));
        break;
    case SEG_CS:
        sel = regs->cs;
        break;
    case SEG_SS:
        sel = regs->ss;
        break;
    case SEG_DS:
        __asm__("mov %%ds, %0" : "=r"(sel));
        break;
    case SEG_FS:
        __asm__("mov %%fs, %0" : "=r"(sel));
        break;
    case SEG_GS:
        __asm__("mov %%gs, %0" : "=r"(sel));
        break;
    }
    return sel;
}

/* The segment of a string's memory: in 64-bit code only FS and GS have a base, and nothing has a
 * limit. */
static bool string_segment(const struct emulation *e, struct segment *s)
{
    unsigned int segment = e->insn.segment;

    if (!e->long_mode)
        return segment_read(e->v, selector(e->regs, segment), s);
    *s = (struct segment){.writable = true, .readable = true};
    if (segment == SEG_FS)
        s->base = rdmsr(MSR_FS_BASE);
    else if (segment == SEG_GS)
        s->base = rdmsr(MSR_GS_BASE);
    return true;
}

/* rcx, rsi or rdi at the instruction's address size. */
static void address_register_set(uint64_t *reg, unsigned int size, uint64_t value)
{
    if (size == 8)
        *reg = value;
    else if (size == 4)
        *reg = (uint32_t)value;
    else
        *reg = (*reg & ~0xffffUL) | (value & 0xffff);
}

static uint64_t address_mask(unsigned int size)
{
    return size == 8 ? ~0UL : size == 4 ? 0xffffffffUL : 0xffffUL;
}

static enum emulated memory_fault(struct emulation *e, uint64_t va, unsigned int bytes,
                                  uint32_t error)
{
    uint64_t page_end = ROUND_UP(va + 1, PAGE_SIZE);
    uint8_t first;

    /* the first byte can be read: then it is the next page that can't */
    if (va + bytes > page_end && !copy_from_guest(&first, gva(va), 1))
        va = page_end;
    pv_inject_page_fault(e->regs, va, error);
    return EMULATED_INJECTED;
}

/* One element; what is read from a port whose memory is missing is lost, as it is with many devices
 * on hardware. */
static enum emulated string_element(struct emulation *e, const struct segment *s, uint64_t offset,
                                    uint16_t port)
{
    unsigned int bytes = e->insn.size;
    bool in = e->insn.op == OP_INS;
    uint64_t va = e->long_mode ? s->base + offset : (uint32_t)(s->base + offset);
    uint32_t data = 0;

    if (!e->long_mode && !segment_covers(s, offset, bytes))
        return EMULATED_NOT;
    if (!in) {
        if (copy_from_guest(&data, gva(va), bytes))
            return memory_fault(e, va, bytes, 0);
        io_port_write(e->v, port, bytes, data);
        return EMULATED_DONE;
    }
    if (copy_from_guest(&data, gva(va), bytes))
        return memory_fault(e, va, bytes, PF_WRITE);
    data = io_port_read(e->v, port, bytes);
    if (copy_to_guest(gva(va), &data, bytes))
        return memory_fault(e, va, bytes, PF_WRITE | PF_PRESENT);
    return EMULATED_DONE;
}

static enum emulated emulate_string(struct emulation *e)
{
    struct cpu_user_regs *regs = e->regs;
    const struct insn *i = &e->insn;
    uint64_t mask = address_mask(i->address);
    uint64_t left = i->repeat ? regs->rcx & mask : 1;
    uint64_t *index = i->op == OP_INS ? &regs->rdi : &regs->rsi;
    int64_t step = regs->rflags & RFLAGS_DF ? -(int64_t)i->size : i->size;
    unsigned int done;
    struct segment s;

    if (!left)
        return EMULATED_DONE;
    if (!string_segment(e, &s) || !(i->op == OP_INS ? s.writable : s.readable))
        return EMULATED_NOT;
    for (done = 0; left && done < IO_CHUNK; done++) {
        enum emulated r = string_element(e, &s, *index & mask, regs->dx);

        if (r != EMULATED_DONE)
            return r;
        address_register_set(index, i->address, *index + (uint64_t)step);
        left--;
        if (i->repeat)
            address_register_set(&regs->rcx, i->address, left);
    }
    return left ? EMULATED_AGAIN : EMULATED_DONE;
}

enum emulated emulate_io(struct emulation *e)
{
    const struct insn *i = &e->insn;
    unsigned int port = i->has_imm ? (uint8_t)i->imm : e->regs->dx;

    if (!may_use(e->v, port, i->size))
        return EMULATED_NOT;
    switch ((enum insn_op)i->op) {
    case OP_IN:
        register_set(e->regs, 0, i->size, true, io_port_read(e->v, (uint16_t)port, i->size));
        return EMULATED_DONE;
    case OP_OUT:
        io_port_write(e->v, (uint16_t)port, i->size,
                      (uint32_t)register_get(e->regs, 0, i->size, true));
        return EMULATED_DONE;
    default:
        return emulate_string(e);
    }
}
