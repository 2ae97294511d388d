/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's state as a toolstack writes and reads it, which is how a guest is saved: all of it comes
 * back as it was given, with user tables, a descriptor table and floating point; and what is wrong
 * in any part leaves nothing behind.
 */
#include "domain.h"

static struct vcpu_guest_context given, back;

static long context_set(const struct child *c)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &given);
    return domctl(XEN_DOMCTL_setvcpucontext, c->id);
}

static void context_get(const struct child *c)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
    memset(&back, 0, sizeof(back));
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &back);
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpucontext, c->id), 0);
}

static void child_begin(struct child *c)
{
    memset(c, 0, sizeof(*c));
    c->id = child_new(1);
    child_populate(c, CHILD_PAGES);
    child_fill(c);
    child_context_make(c, &given);
}

static void fill(const struct child *c)
{
    given.flags = VGCF_in_kernel | VGCF_online | VGCF_I387_VALID | VGCF_syscall_disables_events |
                  VGCF_failsafe_disables_events;
    given.fpu_ctxt.x[0] = 0x7f; /* the control word: 27f */
    given.fpu_ctxt.x[1] = 0x02;
    given.fpu_ctxt.x[24] = 0x80; /* MXCSR: 1f80 */
    given.fpu_ctxt.x[25] = 0x1f;
    given.user_regs.rbx = 0x1122334455667788;
    given.trap_ctxt[3] =
        (trap_info_t){.vector = 3, .flags = 3, .cs = FLAT_KERNEL_CS, .address = VIRT_BASE + 0x100};
    given.gdt_ents = 512;
    given.gdt_frames[0] = c->mfns[CHILD_SHARED]; /* nothing maps the frame itself */
    given.ctrlreg[1] = xen_pfn_to_cr3(c->mfns[CHILD_L4]);
    given.event_callback_eip = VIRT_BASE + 0x200;
    given.failsafe_callback_eip = VIRT_BASE + 0x300;
    given.syscall_callback_eip = VIRT_BASE + 0x400;
    given.fs_base = 0x1000;
    given.gs_base_kernel = 0x2000;
    given.gs_base_user = 0x3000;
    given.ldt_base = child_va(CHILD_FREE + 2);
    given.ldt_ents = 16;
}

TEST(context_comes_back)
{
    struct child c;

    child_begin(&c);
    fill(&c);
    EXPECT_EQ(context_set(&c), 0);
    context_get(&c);
    EXPECT_EQ(back.flags & (VGCF_in_kernel | VGCF_online | VGCF_I387_VALID |
                            VGCF_syscall_disables_events | VGCF_failsafe_disables_events),
              given.flags);
    EXPECT_EQ(memcmp(back.fpu_ctxt.x, given.fpu_ctxt.x, 2), 0);
    EXPECT_EQ(memcmp(back.fpu_ctxt.x + 24, given.fpu_ctxt.x + 24, 2), 0);
    EXPECT_EQ(back.user_regs.rbx, given.user_regs.rbx);
    EXPECT_EQ(back.user_regs.rip, given.user_regs.rip);
    EXPECT_EQ(back.trap_ctxt[3].address, given.trap_ctxt[3].address);
    EXPECT_EQ(back.trap_ctxt[3].flags, 3);
    EXPECT_EQ(back.gdt_ents, 512);
    EXPECT_EQ(back.gdt_frames[0], given.gdt_frames[0]);
    EXPECT_EQ(back.ctrlreg[1] & ~1ul, given.ctrlreg[1] & ~1ul);
    EXPECT_EQ(back.ctrlreg[3], given.ctrlreg[3]);
    EXPECT_EQ(back.event_callback_eip, given.event_callback_eip);
    EXPECT_EQ(back.failsafe_callback_eip, given.failsafe_callback_eip);
    EXPECT_EQ(back.syscall_callback_eip, given.syscall_callback_eip);
    EXPECT_EQ(back.fs_base, given.fs_base);
    EXPECT_EQ(back.gs_base_kernel, given.gs_base_kernel);
    EXPECT_EQ(back.gs_base_user, given.gs_base_user);
    EXPECT_EQ(back.ldt_base, given.ldt_base);
    EXPECT_EQ(back.ldt_ents, given.ldt_ents);
    EXPECT_EQ(back.kernel_sp, given.kernel_sp);
    child_end(&c);
}

/* Once it has tables they stay, and the rest may be written again. */
TEST(context_changes)
{
    struct child c;

    child_begin(&c);
    fill(&c);
    EXPECT_EQ(context_set(&c), 0);
    given.user_regs.rbx = 7;
    given.flags &= ~(uint64_t)(VGCF_syscall_disables_events | VGCF_failsafe_disables_events);
    EXPECT_EQ(context_set(&c), 0);
    context_get(&c);
    EXPECT_EQ(back.user_regs.rbx, 7);
    EXPECT_EQ(back.flags & (VGCF_syscall_disables_events | VGCF_failsafe_disables_events), 0);
    given.gdt_frames[0] = c.mfns[CHILD_GRANTS];
    EXPECT_EQ(context_set(&c), E(OPNOTSUPP));
    given.gdt_frames[0] = c.mfns[CHILD_SHARED];
    given.ctrlreg[1] = 0;
    EXPECT_EQ(context_set(&c), E(OPNOTSUPP));
    given.ctrlreg[1] = xen_pfn_to_cr3(c.mfns[CHILD_L4]);
    given.user_regs.rip = 1ul << 47;
    EXPECT_EQ(context_set(&c), E(INVAL));
    context_get(&c);
    EXPECT_EQ(back.user_regs.rip, VIRT_BASE);
    EXPECT_EQ(back.gdt_frames[0], c.mfns[CHILD_SHARED]);
    child_end(&c);
}

/* One part wrong: the others are let go of, and a right one is taken afterwards. */
TEST(context_in_part)
{
    struct child c;

    child_begin(&c);
    fill(&c);
    given.ctrlreg[1] = xen_pfn_to_cr3(c.mfns[CHILD_FREE]);
    EXPECT_EITHER(context_set(&c), E(INVAL), E(BUSY));
    if (!subject_is_mortise()) {
        child_end(&c); /* Xen keeps hold of the tables when the rest is wrong */
        return;
    }
    fill(&c);
    given.gdt_frames[0] = c.mfns[CHILD_L1];
    EXPECT_EITHER(context_set(&c), E(INVAL), E(BUSY));
    fill(&c);
    given.gdt_frames[0] = 0xfffffff0ul;
    EXPECT_EITHER(context_set(&c), E(INVAL), E(BUSY));
    given.ctrlreg[1] = 0;
    EXPECT_EITHER(context_set(&c), E(INVAL), E(BUSY));
    books_clean("after contexts with one wrong part");
    fill(&c);
    EXPECT_EQ(context_set(&c), 0);
    child_end(&c);
    books_clean("after a vCPU with all there is");
}
