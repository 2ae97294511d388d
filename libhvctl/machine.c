/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's devices: /dev/xen/privcmd for hypercalls and foreign mappings, /dev/xen/hypercall
 * for argument memory, which must neither move nor be copied on write while a call uses it.
 * Kernels before 4.18 have no /dev/xen/hypercall: locked memory is the next best.
 */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"

/* The kernel's own header of these can't be included without the kernel's tree. */
struct privcmd_hypercall {
    uint64_t op;
    uint64_t arg[5];
};

struct privcmd_mmapbatch_v2 {
    unsigned int num;
    domid_t dom;
    uint64_t addr;
    const xen_pfn_t *arr;
    int *err;
};

struct privcmd_mmap_resource {
    domid_t dom;
    uint32_t type, id, idx;
    uint64_t num, addr;
};

#define PRIVCMD_HYPERCALL     _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))
#define PRIVCMD_MMAPBATCH_V2  _IOC(_IOC_NONE, 'P', 4, sizeof(struct privcmd_mmapbatch_v2))
#define PRIVCMD_MMAP_RESOURCE _IOC(_IOC_NONE, 'P', 7, sizeof(struct privcmd_mmap_resource))

struct machine {
    int privcmd;
    int hypercall; /* -1: there is none */
    void *buffer;
    size_t buffer_pages;
};

int machine_open(struct machine **machine, const char **device)
{
    struct machine *m = alloc_zeroed(1, sizeof(*m));

    *device = "/dev/xen/privcmd";
    if (!m) {
        return -ENOMEM;
    }
    m->privcmd = open(*device, O_RDWR | O_CLOEXEC);
    if (m->privcmd < 0) {
        free(m);
        return -errno;
    }
    m->hypercall = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);
    *machine = m;
    return 0;
}

void machine_close(struct machine *m)
{
    if (m->buffer) {
        munmap(m->buffer, m->buffer_pages * PAGE_SIZE);
    }
    if (m->hypercall >= 0) {
        close(m->hypercall);
    }
    close(m->privcmd);
    free(m);
}

long machine_call(struct machine *m, unsigned int number, const uint64_t arguments[5])
{
    struct privcmd_hypercall call = {
        .op = number,
        .arg = {arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]},
    };
    int result = ioctl(m->privcmd, PRIVCMD_HYPERCALL, &call);

    return result < 0 ? -errno : result;
}

void *machine_buffer(struct machine *m, size_t pages)
{
    int flags = m->hypercall >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED;

    m->buffer = mmap(NULL, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, flags, m->hypercall, 0);
    if (m->buffer == MAP_FAILED) {
        m->buffer = NULL;
        return NULL;
    }
    m->buffer_pages = pages;
    return m->buffer;
}

void *machine_reserve(size_t count)
{
    void *address = mmap(NULL, count * PAGE_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return address == MAP_FAILED ? NULL : address;
}

int machine_map_at(struct machine *m, void *address, uint32_t domid, const xen_pfn_t *frames,
                   size_t count, bool writable)
{
    struct privcmd_mmapbatch_v2 batch = {
        .num = (unsigned int)count,
        .dom = (domid_t)domid,
        .addr = (uintptr_t)address,
        .arr = frames,
    };
    int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    int error = 0;

    batch.err = alloc_zeroed(count, sizeof(*batch.err));
    if (!batch.err) {
        return -ENOMEM;
    }
    if (mmap(address, count * PAGE_SIZE, protection, MAP_SHARED | MAP_FIXED, m->privcmd, 0) ==
            MAP_FAILED ||
        ioctl(m->privcmd, PRIVCMD_MMAPBATCH_V2, &batch) < 0) {
        error = -errno;
    }
    for (size_t i = 0; i < count && !error; i++) {
        error = batch.err[i];
    }
    free(batch.err);
    if (error) {
        /* The address space stays reserved. */
        mmap(address, count * PAGE_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    }
    return error;
}

int machine_map(struct machine *m, uint32_t domid, const xen_pfn_t *frames, size_t count,
                bool writable, void **address)
{
    void *at = machine_reserve(count);
    int error;

    if (!at) {
        return -ENOMEM;
    }
    error = machine_map_at(m, at, domid, frames, count, writable);
    if (error) {
        machine_unmap(at, count);
        return error;
    }
    *address = at;
    return 0;
}

int machine_map_resource(struct machine *m, uint32_t domid, unsigned int type, unsigned int id,
                         unsigned int first, size_t count, void **address)
{
    struct privcmd_mmap_resource resource = {
        .dom = (domid_t)domid,
        .type = type,
        .id = id,
        .idx = first,
        .num = count,
    };
    void *at = mmap(NULL, count * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, m->privcmd, 0);

    if (at == MAP_FAILED) {
        return -errno;
    }
    resource.addr = (uintptr_t)at;
    if (ioctl(m->privcmd, PRIVCMD_MMAP_RESOURCE, &resource) < 0) {
        int error = -errno;

        machine_unmap(at, count);
        return error;
    }
    *address = at;
    return 0;
}

void machine_unmap(void *address, size_t count)
{
    munmap(address, count * PAGE_SIZE);
}
