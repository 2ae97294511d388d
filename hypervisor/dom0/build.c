/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the building of the control domain, step by step; what is wrong with the modules is said in
 * one sentence that names the file.
 */
#include "dom0/build.h"
#include "cpu/mapping.h"
#include "cpu/percpu.h"
#include "ctl/refusals.h"
#include "dom/ctl_domain.h"
#include "dom/time_info.h"
#include "dom0/layout.h"
#include "dom0/memory.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "kern/console.h"
#include "kern/reset.h"
#include "kern/time.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "mm/heap.h"
#include "pv/hypercall_page.h"
#include "pv/pv.h"

#define MIB         (1UL << 20)
#define LEFT_MAX    (128 * MIB) /* what stays free without dom0_mem= */
#define VCPU_FRAMES 16          /* heap that a vCPU and its share of everything may need */

static void __init __noreturn fail(const char *fmt, ...) __printf(1, 2);
static void __init __noreturn fail(const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    pr_err("mortise: %s\n", text);
    machine_crashed();
}

/*
 * Frames for the domain, of those that are free and of its files; something must stay for the
 * hypervisor's heap.
 */
static uint64_t __init choose_pages(const struct dom0_wish *w, uint64_t file_pages,
                                    unsigned int vcpus)
{
    uint64_t left = MIN(ram_frames / 16, LEFT_MAX >> PAGE_SHIFT), want;
    uint64_t free = frames_free_count() + file_pages, keep = 256 + vcpus * VCPU_FRAMES;

    if (free < keep + 2048)
        fail("too little memory: %lu MiB are free, a control domain needs more", free >> 8);
    want = free > left + 2048 ? free - left : 2048;
    if (w->memory)
        want = w->memory >> PAGE_SHIFT;
    want = MAX(want, w->memory_min >> PAGE_SHIFT);
    if (w->memory_max)
        want = MIN(want, w->memory_max >> PAGE_SHIFT);
    if (want > free - keep && (w->memory || w->memory_min))
        fail("dom0_mem= asks for %lu MiB, but only %lu MiB are free", want >> 8,
             (free - keep) >> 8);
    return MIN(want, free - keep);
}

static void __init load_segments(const struct dom0_memory *m, const struct elf_kernel *k)
{
    unsigned int i;

    for (i = 0; i < k->segments; i++) {
        const struct elf_segment *s = &k->segment[i];
        uint64_t at = s->paddr - k->paddr_offset;

        dom0_write(m, at, k->image + s->offset, s->file_bytes);
        dom0_write(m, at + s->file_bytes, NULL, s->memory_bytes - s->file_bytes);
    }
}

static void __init write_start_info(const struct dom0_memory *m, const struct dom0_image *image,
                                    const struct elf_kernel *k)
{
    const struct dom0_layout *l = m->l;
    struct start_info *si = window_map(dom0_mfn(m, l->start_info_pfn));
    struct dom0_vga_console_info *vga = (void *)(si + 1);

    memset(si, 0, PAGE_SIZE);
    strlcpy(si->magic, "xen-3.0-x86_64", sizeof(si->magic));
    si->nr_pages = l->pages;
    si->shared_info = mfn_to_paddr(m->d->shared_mfn).a;
    si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
    si->pt_base = l->virt_base + (l->tables_pfn << PAGE_SHIFT);
    si->nr_pt_frames = l->table_pages;
    si->mfn_list = l->p2m_va;
    if (k->has_init_p2m) {
        si->first_p2m_pfn = l->p2m_pfn;
        si->nr_p2m_frames = l->p2m_pages + l->p2m_table_pages;
    }
    if (image->initrd_bytes) {
        si->mod_len = image->initrd_bytes;
        si->mod_start =
            l->initrd_mapped ? l->virt_base + (l->initrd_pfn << PAGE_SHIFT) : l->initrd_pfn;
        if (!l->initrd_mapped)
            si->flags |= SIF_MOD_START_PFN;
    }
    strlcpy((char *)si->cmd_line, image->text, sizeof(si->cmd_line));
    si->console.dom0.info_off = sizeof(*si);
    si->console.dom0.info_size = sizeof(*vga);
    vga->video_type = XEN_VGATYPE_TEXT_MODE_3;
    vga->u.text_mode_3.font_height = 16;
    vga->u.text_mode_3.rows = 25;
    vga->u.text_mode_3.columns = 80;
    window_unmap(si);
}

static void __init fill_hypercall_page(const struct dom0_memory *m, uint64_t pfn, const char *name)
{
    if (pfn >= m->l->mapped_pages || hypercall_page_make(m->d, dom0_mfn(m, pfn)))
        fail("the kernel \"%s\" wants its hypercall page outside its memory", name);
}

static void __init start_vcpu(const struct dom0_memory *m, const struct elf_kernel *k, mfn_t l4)
{
    const struct dom0_layout *l = m->l;
    struct vcpu *v = m->d->vcpus[0];

    v->regs = (struct cpu_user_regs){
        .rip = k->entry,
        .cs = SEL_GUEST_CS64,
        .rflags = RFLAGS_IF | RFLAGS_FIXED,
        .rsp = l->virt_base + ((l->stack_pfn + 1) << PAGE_SHIFT),
        .ss = SEL_GUEST_DS,
        .rsi = l->virt_base + (l->start_info_pfn << PAGE_SHIFT),
    };
    v->pv->kernel_l4 = l4;
    v->pv->kernel_mode = true;
    v->initialised = true;
    bit_clear(&v->pause_flags, VPF_DOWN);
}

static void input_for_control_domain(void)
{
    event_send_global_virq(control_domain, VIRQ_CONSOLE);
}

static void log_for_control_domain(void)
{
    event_send_global_virq(control_domain, VIRQ_CON_RING);
}

static struct domain *__init make_domain(uint64_t pages, unsigned int vcpus)
{
    struct domain *d;
    unsigned int i;

    if (domain_create(0, vcpus, pages, &d))
        fail("no memory for the control domain's structures");
    d->privileged = true;
    strlcpy(d->name, "Domain-0", sizeof(d->name));
    control_domain = d;
    refusals_domain_init(d);
    if (ctl_domain_init(d) || event_domain_init(d, EVTCHN_2L_NR_CHANNELS - 1) ||
        pirq_domain_init(d) || grant_domain_init(d, 64, 1024) || grant_mappings_prepare(d))
        fail("no memory for the control domain's structures");
    for (i = 0; i < vcpus; i++) {
        if (vcpu_create(d, i))
            fail("no memory for vCPU %u of the control domain (dom0_max_vcpus=)", i);
    }
    return d;
}

static void __init place(const struct dom0_image *image, const struct elf_kernel *k, uint64_t pages,
                         struct dom0_layout *l)
{
    if (!dom0_layout(k, 0, pages, l))
        fail("the kernel \"%s\" (%lu MiB in memory) does not fit into the control domain's %lu MiB",
             image->name, (k->end - k->paddr_offset) >> 20, pages >> 8);
    if (!dom0_layout(k, image->initrd_bytes, pages, l))
        fail("the initrd \"%s\" (%lu MiB) does not fit into the control domain's %lu MiB "
             "beside the kernel \"%s\"",
             image->initrd_name, image->initrd_bytes >> 20, pages >> 8, image->name);
}

void __init dom0_build(const struct dom0_image *image, const struct dom0_wish *wish)
{
    unsigned int vcpus = wish->max_vcpus ? wish->max_vcpus : cpu_count;
    uint64_t initrd_pages = DIV_ROUND_UP(image->initrd_bytes, PAGE_SIZE), pages;
    struct elf_kernel k;
    struct dom0_layout l;
    struct dom0_memory m = {.l = &l};
    const char *wrong;
    mfn_t l4;

    wrong = elf_parse(boot_identity(paddr(image->kernel)), image->kernel_bytes, &k);
    if (wrong)
        fail("the kernel \"%s\" %s", image->name, wrong);
    pages = choose_pages(wish, initrd_pages + (image->kernel_bytes >> PAGE_SHIFT), vcpus);
    place(image, &k, pages, &l);
    m.d = make_domain(pages, vcpus);
    if (dom0_memory_first(&m, l.initrd_mapped ? 0 : image->initrd))
        fail("too little memory for the control domain's %lu MiB", pages >> 8);
    load_segments(&m, &k);
    if (l.initrd_mapped)
        dom0_write(&m, l.initrd_pfn << PAGE_SHIFT, boot_identity(paddr(image->initrd)),
                   image->initrd_bytes);
    boot_memory_release(image->kernel, image->kernel + image->kernel_bytes);
    if (l.initrd_mapped)
        boot_memory_release(image->initrd, image->initrd + image->initrd_bytes);
    if (dom0_memory_rest(&m))
        fail("too little memory for the control domain's %lu MiB", pages >> 8);
    if (k.has_hypercall_page)
        fill_hypercall_page(&m, (k.hypercall_page - l.virt_base) >> PAGE_SHIFT, image->name);
    write_start_info(&m, image, &k);
    wallclock_fill(m.d);
    if (dom0_tables(&m, &l4))
        panic("the control domain's first page tables are not legal");
    start_vcpu(&m, &k, l4);
    heap_free(m.p2m);
    console_set_input_notify(input_for_control_domain);
    console_set_log_notify(log_for_control_domain);
    pr_info("control domain: %s kernel, %lu MiB, %u vCPU%s\n", k.guest_os[0] ? k.guest_os : "a",
            pages >> 8, vcpus, vcpus == 1 ? "" : "s");
}
