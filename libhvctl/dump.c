/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dumping a guest: paused, its vCPUs' state taken, its frames found, all of it written beside
 * the file's place and moved there when it is whole.
 */
#include "dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "alloc.h"

static int take_contexts(struct dump *dump, unsigned int vcpus)
{
    dump->contexts = alloc_zeroed(vcpus, sizeof(*dump->contexts));
    if (!dump->contexts) {
        return hvctl_fail(dump->h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    for (unsigned int i = 0; i < vcpus; i++) {
        struct xen_domctl op = {.cmd = XEN_DOMCTL_getvcpucontext};
        struct vcpu_guest_context *context = calls_room(dump->h, sizeof(*context));
        long result;

        op.u.vcpucontext.vcpu = i;
        op.u.vcpucontext.ctxt.p = context;
        result = calls_domctl(dump->h, dump->domid, &op);
        if (result >= 0) {
            dump->contexts[dump->context_count++] = *context;
        }
        calls_done(dump->h);
        /* A vCPU that never ran has no state, and is left out. */
        if (result < 0 && result != -ENODATA) {
            return calls_fail(dump->h, result, "vCPU %u of domain %u can't be looked at", i,
                              dump->domid);
        }
    }
    return 0;
}

static int write_beside(struct dump *dump, const char *path, char *temporary)
{
    int fd = mkostemp(temporary, O_CLOEXEC), error;
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (!file) {
        error = hvctl_fail_errno(dump->h, errno, "the dump %s can't be made", path);
        if (fd >= 0) {
            close(fd);
            unlink(temporary);
        }
        return error;
    }
    error = dump_write(dump, file);
    if (fclose(file) && !error) {
        error = hvctl_fail_errno(dump->h, errno, "the dump %s can't be written", path);
    }
    if (!error && rename(temporary, path)) {
        error = hvctl_fail_errno(dump->h, errno, "the dump %s can't be made", path);
    }
    if (error) {
        unlink(temporary);
    }
    return error;
}

/* The base that the builder noted; a guest of somebody else's has none that is known. */
static int find_base(struct dump *dump)
{
    int error = store_get_number(dump->h, HVCTL_NO_TRANSACTION, &dump->virt_base,
                                 LIBRARY_PATH "/virt-base", dump->domid);

    if (error == -HVCTL_NOT_FOUND) {
        dump->virt_base = UINT64_MAX;
        error = 0;
    }
    return error;
}

static int dump_paused(struct dump *dump, const char *path, unsigned int vcpus)
{
    char *temporary = alloc_printf("%s.XXXXXX", path);
    int error;

    if (!temporary) {
        return hvctl_fail(dump->h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    error = take_contexts(dump, vcpus);
    if (!error) {
        error = dump_find_frames(dump);
    }
    if (!error) {
        error = write_beside(dump, path, temporary);
    }
    free(temporary);
    return error;
}

/* Holds the guest by its shared page, so that it can't vanish meanwhile: see build_anchor(). */
static int dump_held(struct dump *dump, const char *path, unsigned int vcpus)
{
    void *at;
    int error = machine_map(calls_machine(dump->h), dump->domid, &dump->shared_info, 1, false, &at);

    if (error) {
        return hvctl_fail_errno(dump->h, -error, "domain %u can't be mapped", dump->domid);
    }
    error = dump_paused(dump, path, vcpus);
    machine_unmap(at, 1);
    return error;
}

int hvctl_dump(struct hvctl *h, uint32_t domid, const char *path)
{
    struct dump dump = {.h = h, .domid = domid};
    struct xen_domctl_getdomaininfo info;
    struct hvctl_failure failure;
    int error = domain_look(h, domid, &info);

    if (!error && !domid) {
        error = hvctl_fail(h, HVCTL_INVALID, 0, "the control domain can't dump itself");
    }
    if (!error) {
        dump.shared_info = info.shared_info_frame;
        error = find_base(&dump);
    }
    if (!error) {
        error = hvctl_pause(h, domid);
    }
    if (error) {
        return error;
    }
    error = dump_held(&dump, path,
                      info.max_vcpu_id == XEN_INVALID_MAX_VCPU_ID ? 0 : info.max_vcpu_id + 1);
    hvctl_failure_keep(h, &failure);
    if (hvctl_unpause(h, domid) && !error) {
        error = -HVCTL_IO;
    } else {
        hvctl_failure_restore(h, &failure);
    }
    free(dump.frames);
    free(dump.contexts);
    return error;
}
