/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the emulation of what faults because the guest runs in ring 3: fetch, who may do it,
 * dispatch, and the end.
 *
 * The instruction is read once, and what was read is what is emulated. What is not allowed, or not
 * known here, comes back as EMULATED_NOT, and the guest gets the #GP or #UD that the CPU raised.
 */
#include "pv/emulate.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "kern/time.h"
#include "lib/bits.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "pv/control.h"
#include "pv/segment.h"

#define DR6_SINGLE_STEP     0x4000
#define FORCED_CPUID        0xa20f6e65780b0fUL /* ud2, "xen", cpuid, as a little-endian word */
#define FORCED_CPUID_LENGTH 7

/*
 * Base of another code segment than the ABI's, and kind of code; false when the selector stands for
 * nothing that runs.
 */
static bool code_segment(const struct cpu_user_regs *regs, const struct vcpu *v, bool *long_mode,
                         uint64_t *base)
{
    struct segment s;

    *base = 0;
    if (!segment_read(v, regs->cs, &s) || !s.code || (!s.long_mode && !s.size32))
        return false;
    *long_mode = s.long_mode;
    if (!s.long_mode)
        *base = s.base;
    return true;
}

#define CODE_64    (1UL << 56) /* in the byte behind INSN_MAX */
#define CODE_THERE (1UL << 57)

/* Decodes what is to be known from now on. */
static noinline bool decode_for(struct pv_decoded *d, uint64_t low, uint64_t high)
{
    const uint64_t code[2] = {low, high};

    d->code[1] = 0; /* nothing, until it is something */
    if (decode_insn(&d->insn, (const uint8_t *)code, INSN_MAX, high & CODE_64) != DECODE_OK)
        return false;
    d->code[0] = low;
    d->code[1] = high;
    return true;
}

/*
 * The same for code that ends well before its page does, so that all of INSN_MAX bytes and one more
 * can be fetched at once. A kernel stores to its tables, or reads a register, at few places: the
 * same bytes, of the same kind of code, are the same instruction.
 */
static inline __attribute__((always_inline)) bool fetch_known(struct emulation *e, uint64_t at)
{
    struct pv_decoded *d = &e->v->pv->decoded[(at ^ at >> 3) % DECODED_SLOTS];
    uint64_t code[2];

    if (unlikely(!gva_range_ok(gva(at), sizeof(code)) || !guest_fetch(code, at, 2)))
        return false;
    code[1] = (code[1] & (CODE_64 - 1)) | CODE_THERE | (e->long_mode ? CODE_64 : 0);
    if (unlikely(d->code[0] != code[0] || d->code[1] != code[1]) &&
        !decode_for(d, code[0], code[1]))
        return false;
    e->insn = d->insn;
    return true;
}

/* Near a page's end: what is in the next page is read only when the instruction needs it. */
static noinline bool fetch_at_edge(struct emulation *e, uint64_t at)
{
    uint8_t code[INSN_MAX];
    size_t here = PAGE_SIZE - (at & (PAGE_SIZE - 1));
    enum decode_result r;

    if (copy_from_guest(code, gva(at), here))
        return false;
    r = decode_insn(&e->insn, code, here, e->long_mode);
    if (r == DECODE_SHORT && here < INSN_MAX) {
        if (copy_from_guest(code + here, gva(at + here), INSN_MAX - here))
            return false;
        r = decode_insn(&e->insn, code, INSN_MAX, e->long_mode);
    }
    return r == DECODE_OK;
}

static inline __attribute__((always_inline)) bool fetch_and_decode(struct emulation *e, uint64_t at)
{
    return likely((at & ~PAGE_MASK) < PAGE_SIZE - INSN_MAX) ? fetch_known(e, at)
                                                            : fetch_at_edge(e, at);
}

/* Another code segment than the ABI's own. */
static noinline bool fetch_elsewhere(struct emulation *e, struct cpu_user_regs *regs)
{
    uint64_t base;

    if (!code_segment(regs, e->v, &e->long_mode, &base))
        return false;
    if (!fetch_and_decode(e, e->long_mode ? regs->rip : (uint32_t)(regs->rip + base)))
        return false;
    e->next = regs->rip + e->insn.length;
    if (!e->long_mode)
        e->next = (uint32_t)e->next;
    return true;
}

bool emulate_fetch(struct emulation *e, struct cpu_user_regs *regs)
{
    e->regs = regs;
    e->v = current();
    if (unlikely(regs->cs != SEL_GUEST_CS64))
        return fetch_elsewhere(e, regs);
    e->long_mode = true;
    if (!fetch_and_decode(e, regs->rip))
        return false;
    e->next = regs->rip + e->insn.length;
    return true;
}

bool emulate_finish(struct emulation *e, enum emulated how)
{
    struct cpu_user_regs *regs = e->regs;

    switch (how) {
    case EMULATED_NOT:
        return false;
    case EMULATED_AGAIN:
    case EMULATED_INJECTED:
        return true;
    case EMULATED_DONE:
        break;
    }
    regs->rip = e->next;
    regs->rflags &= ~(uint64_t)RFLAGS_RF;
    if (regs->rflags & RFLAGS_TF) {
        e->v->pv->debugreg[6] |= DR6_SINGLE_STEP;
        pv_inject_trap(regs, TRAP_DB, 0);
    }
    return true;
}

static void set_edx_eax(struct cpu_user_regs *regs, uint64_t value)
{
    regs->rax = (uint32_t)value;
    regs->rdx = value >> 32;
}

static uint64_t edx_eax(const struct cpu_user_regs *regs)
{
    return (uint64_t)regs->edx << 32 | regs->eax;
}

static void emulate_cpuid(const struct vcpu *v, struct cpu_user_regs *regs)
{
    struct cpuid_leaf r = pv_cpuid(v, regs->eax, regs->ecx);

    regs->rax = r.a;
    regs->rbx = r.b;
    regs->rcx = r.c;
    regs->rdx = r.d;
}

/* RDTSC comes here when the domain asked for it, or when the guest's kernel keeps it from its user
 * mode. */
static enum emulated emulate_rdtsc(struct emulation *e)
{
    if (!guest_in_kernel() && e->v->pv->cr4 & CR4_TSD)
        return EMULATED_NOT;
    set_edx_eax(e->regs, rdtsc());
    if (e->insn.op == OP_RDTSCP)
        e->regs->rcx = 0;
    return EMULATED_DONE;
}

static enum emulated emulate_msr(struct emulation *e)
{
    struct cpu_user_regs *regs = e->regs;
    uint64_t value;
    int rc;

    if (e->insn.op == OP_WRMSR) {
        rc = pv_wrmsr(e->v, regs->ecx, edx_eax(regs));
        if (rc == -ERESTART)
            return EMULATED_AGAIN;
        return rc ? EMULATED_NOT : EMULATED_DONE;
    }
    if (!pv_rdmsr(e->v, regs->ecx, &value))
        return EMULATED_NOT;
    set_edx_eax(regs, value);
    return EMULATED_DONE;
}

static enum emulated emulate_in_kernel(struct emulation *e)
{
    switch ((enum insn_op)e->insn.op) {
    case OP_RDMSR:
    case OP_WRMSR:
        return emulate_msr(e);
    case OP_CLI: /* Linux emulates CMPXCHG16B between CLI and POPF; events are masked another way */
    case OP_STI:
        return EMULATED_DONE;
    case OP_WBINVD:
        if (domain_may(e->v->domain, MAY_ACCESS_HARDWARE, NULL))
            wbinvd();
        return EMULATED_DONE;
    case OP_XSETBV:
        return pv_xsetbv(e->v, e->regs->ecx, edx_eax(e->regs)) ? EMULATED_DONE : EMULATED_NOT;
    case OP_READ_CR:
    case OP_WRITE_CR:
    case OP_READ_DR:
    case OP_WRITE_DR:
    case OP_CLTS:
    case OP_LMSW:
    case OP_INVLPG:
        return emulate_control(e);
    default:
        return EMULATED_NOT;
    }
}

static enum emulated emulate_any_mode(struct emulation *e)
{
    switch ((enum insn_op)e->insn.op) {
    case OP_IN:
    case OP_OUT:
    case OP_INS:
    case OP_OUTS:
        return emulate_io(e);
    case OP_RDTSC:
    case OP_RDTSCP:
        return emulate_rdtsc(e);
    case OP_CPUID:
        emulate_cpuid(e->v, e->regs);
        return EMULATED_DONE;
    default:
        return guest_in_kernel() ? emulate_in_kernel(e) : EMULATED_NOT;
    }
}

bool pv_emulate_privileged(struct cpu_user_regs *regs)
{
    struct emulation e;

    if (!emulate_fetch(&e, regs))
        return false;
    return emulate_finish(&e, emulate_any_mode(&e));
}

/* Whether UD2, "xen" and CPUID are there: in one load, unless that could leave the page. */
static bool forced_cpuid_at(uint64_t rip)
{
    uint64_t code = 0;
    uint32_t bad = 0;

    if ((rip & ~PAGE_MASK) > PAGE_SIZE - sizeof(code)) {
        if (copy_from_guest(&code, gva(rip), FORCED_CPUID_LENGTH))
            return false;
    } else if (gva_range_ok(gva(rip), sizeof(code))) {
        guest_access_begin();
        guest_load_u64(code, rip, bad);
        guest_access_end();
    }
    return (code & (BIT(8 * FORCED_CPUID_LENGTH) - 1)) == FORCED_CPUID;
}

bool pv_emulate_forced_cpuid(struct cpu_user_regs *regs)
{
    struct emulation e = {.regs = regs, .v = current(), .next = regs->rip + FORCED_CPUID_LENGTH};

    if (!forced_cpuid_at(regs->rip))
        return false;
    emulate_cpuid(e.v, regs);
    return emulate_finish(&e, EMULATED_DONE);
}
