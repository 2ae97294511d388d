/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_xen_version(cmd, argument): which ABI this is, and who speaks it.
 *
 * Version and capabilities are the ABI's, since kernels and tools choose by them what to call; all
 * other strings name Mortise.
 */
#include "call/argument.h"
#include "call/version.h"

#include <xen/version.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "dom/ctl_domain.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/guest_copy.h"

#define ABI_MAJOR 4
#define ABI_MINOR 17

static xen_commandline_t commandline;

void version_set_commandline(const char *line)
{
    strlcpy(commandline, line, sizeof(commandline));
}

/* A string in an array of `size` bytes, the rest zeros: nothing of the stack goes out. */
static long put_string(gva_t at, const char *s, size_t size)
{
    static const char zeros[64];
    size_t n = MIN(strlen(s) + 1, size), step;

    if (copy_to_guest(at, s, n))
        return refuse_memory(at);
    for (; n < size; n += step) { /* at most 1024 bytes */
        step = MIN(sizeof(zeros), size - n);
        if (copy_to_guest(gva(at.a + n), zeros, step))
            return refuse_memory(at);
    }
    return 0;
}

static long compile_info(gva_t at)
{
    static const xen_compile_info_t info = {
        .compiler = "version " __VERSION__, /* clang's begins with its name */
        .compile_by = "mortise",
        .compile_domain = "",
        .compile_date = "", /* none: the same source makes the same image */
    };

    return give_back(at, &info, sizeof(info));
}

/* What a guest may rely on, each bit for something that is there. */
static uint32_t features(const struct domain *d)
{
    uint32_t f =
        1U << XENFEAT_mmu_pt_update_preserve_ad | /* pv/mmu_update.c */
        1U << XENFEAT_highmem_assist |            /* MMUEXT_CLEAR_PAGE and COPY_PAGE */
        1U << XENFEAT_gnttab_map_avail_bits |     /* grant/map.c */
        1U << XENFEAT_memory_op_vnode_supported | /* the flag is taken; there is one node */
        1U << XENFEAT_direct_mapped;

    if (d->vm_assist & BIT(VMASST_TYPE_pae_extended_cr3))
        f |= 1U << XENFEAT_pae_pgdir_above_4gb;
    if (domain_may(d, MAY_MANAGE_HOST, NULL))
        f |= 1U << XENFEAT_dom0;
    return f;
}

static long get_features(gva_t at)
{
    xen_feature_info_t op;

    if (copy_from_guest(&op, at, sizeof(op)))
        return refuse_memory(at);
    if (op.submap_idx >= XENFEAT_NR_SUBMAPS)
        return refuse(RULE_ARGUMENT, op.submap_idx, -EINVAL);
    op.submap = features(current()->domain);
    return give_back(at, &op, sizeof(op));
}

static long guest_handle(gva_t at)
{
    const struct ctl_domain *c = current()->domain->ctl;
    xen_domain_handle_t handle = {0};

    if (c)
        memcpy(handle, c->handle, sizeof(handle));
    return give_back(at, handle, sizeof(handle));
}

/* The image is linked without a build id, so that the same source makes the same image. */
static long build_id(void)
{
    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, XENVER_build_id, -EPERM);
    return refuse(RULE_NOT_OFFERED, XENVER_build_id, -ENODATA);
}

static long command_line(gva_t at)
{
    bool trusted = domain_may(current()->domain, MAY_MANAGE_HOST, NULL);

    return put_string(at, trusted ? commandline : "<denied>", sizeof(xen_commandline_t));
}

static noinline long any_version(uint64_t cmd, uint64_t arg)
{
    static const xen_platform_parameters_t platform = {.virt_start = HV_VIRT_START};
    gva_t at = {arg};

    switch ((uint32_t)cmd) {
    case XENVER_extraversion:
        return put_string(at, ".0-mortise", sizeof(xen_extraversion_t));
    case XENVER_compile_info:
        return compile_info(at);
    case XENVER_capabilities:
        return put_string(at, "xen-3.0-x86_64 ", sizeof(xen_capabilities_info_t));
    case XENVER_changeset:
        return put_string(at, "Mortise " MORTISE_VERSION, sizeof(xen_changeset_info_t));
    case XENVER_platform_parameters:
        return copy_to_guest(at, &platform, sizeof(platform)) ? refuse_memory(gva(arg)) : 0;
    case XENVER_get_features:
        return get_features(at);
    case XENVER_pagesize:
        return at.a ? refuse(RULE_UNKNOWN_OPERATION, cmd, -EINVAL) : (long)PAGE_SIZE;
    case XENVER_guest_handle:
        return guest_handle(at);
    case XENVER_commandline:
        return command_line(at);
    case XENVER_build_id:
        return build_id();
    default:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
}

/* The version first: Linux asks for it whenever it wants its events to be looked at. */
long do_xen_version(uint64_t cmd, uint64_t arg)
{
    if (likely((uint32_t)cmd == XENVER_version))
        return ABI_MAJOR << 16 | ABI_MINOR;
    return any_version(cmd, arg);
}
