/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's machine: what libhvctl/machine.h asks for, over a file in memory that stands for
 * RAM.  It knows the calls that creating and ending a guest makes, and complains of any other.
 */
#include "hvctl_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xen/memory.h>

#include "machine.h"

struct host host;
static int ram = -1;
static uint8_t *all;

struct area {
    uint8_t *address;
    size_t count;
    xen_pfn_t frames[HOST_FRAMES];
    bool writable[HOST_FRAMES];
};

static struct area areas[16];

bool host_fails(void)
{
    return ++host.calls == host.fail_call;
}

void host_complain(const char *what)
{
    host.wrong = host.wrong ? host.wrong : what;
}

void host_reset(void)
{
    if (ram < 0) {
        ram = memfd_create("host", MFD_CLOEXEC);
        if (ram < 0 || ftruncate(ram, HOST_FRAMES * PAGE_SIZE)) {
            abort();
        }
        all = mmap(NULL, HOST_FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ram, 0);
    }
    memset(&host, 0, sizeof(host));
    host_store_reset();
    host.domain[0].exists = true;
    host.domain[0].vcpus = 1;
    host.owner[0] = 1;
}

void *host_frame(xen_pfn_t mfn)
{
    return all + mfn * PAGE_SIZE;
}

unsigned int host_free_frames(void)
{
    unsigned int count = 0;

    for (unsigned int i = 0; i < HOST_FRAMES; i++) {
        count += !host.owner[i];
    }
    return count;
}

bool host_take(uint32_t domid, unsigned int order, xen_pfn_t *mfn)
{
    unsigned int size = 1U << order;

    for (unsigned int at = size; at + size <= HOST_FRAMES; at += size) {
        unsigned int i = 0;

        while (i < size && !host.owner[at + i]) {
            i++;
        }
        if (i < size) {
            continue;
        }
        for (i = 0; i < size; i++) {
            host.owner[at + i] = domid + 1;
        }
        /* The hypervisor's promise: frames come empty. */
        memset(host_frame(at), 0, size * PAGE_SIZE);
        *mfn = at;
        return true;
    }
    return false;
}

int machine_open(struct machine **machine, const char **device)
{
    *device = "/dev/xen/privcmd";
    *machine = (struct machine *)&host;
    return host_fails() ? -EACCES : 0;
}

void machine_close(struct machine *machine)
{
    (void)machine;
}

void *machine_buffer(struct machine *machine, size_t pages)
{
    static _Alignas(4096) uint8_t buffer[1 << 18];

    (void)machine;
    return host_fails() || pages * PAGE_SIZE > sizeof(buffer) ? NULL : buffer;
}

void *machine_reserve(size_t count)
{
    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        struct area *area = &areas[i];

        if (!area->address) {
            memset(area, 0, sizeof(*area));
            area->address = mmap(NULL, count * PAGE_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            area->count = count;
            host.mappings++;
            return area->address;
        }
    }
    return NULL;
}

static struct area *area_of(const void *address)
{
    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        const uint8_t *at = address;

        if (areas[i].address && at >= areas[i].address &&
            at < areas[i].address + areas[i].count * PAGE_SIZE) {
            return &areas[i];
        }
    }
    return NULL;
}

int machine_map_at(struct machine *machine, void *address, uint32_t domid, const xen_pfn_t *frames,
                   size_t count, bool writable)
{
    struct area *area = area_of(address);
    size_t first = area ? (size_t)((uint8_t *)address - area->address) / PAGE_SIZE : 0;

    (void)machine;
    if (host_fails()) {
        return -ENOMEM;
    }
    if (!area || first + count > area->count) {
        host_complain("it mapped frames where it had reserved nothing");
        return -EINVAL;
    }
    for (size_t i = 0; i < count; i++) {
        if (frames[i] >= HOST_FRAMES || host.owner[frames[i]] != domid + 1) {
            host_complain("it mapped a frame that is not the domain's");
            return -EINVAL;
        }
        mmap((uint8_t *)address + i * PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED, ram, (off_t)(frames[i] * PAGE_SIZE));
        area->frames[first + i] = frames[i];
        area->writable[first + i] = writable;
        host.mapped[frames[i]] += writable;
    }
    return 0;
}

int machine_map(struct machine *machine, uint32_t domid, const xen_pfn_t *frames, size_t count,
                bool writable, void **address)
{
    void *at = machine_reserve(count);
    int error = at ? machine_map_at(machine, at, domid, frames, count, writable) : -ENOMEM;

    if (error && at) {
        machine_unmap(at, count);
    }
    if (!error) {
        *address = at;
    }
    return error;
}

int machine_map_resource(struct machine *machine, uint32_t domid, unsigned int type,
                         unsigned int id, unsigned int first, size_t count, void **address)
{
    if (type != XENMEM_resource_grant_table || id || first || count != 1) {
        host_complain("it mapped a resource that a builder has no use for");
    }
    return machine_map(machine, domid, &host.domain[domid].grants, 1, true, address);
}

void machine_unmap(void *address, size_t count)
{
    struct area *area = area_of(address);

    if (!area || area->address != address || area->count != count) {
        host_complain("it unmapped what it had not mapped");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        host.mapped[area->frames[i]] -= area->writable[i];
    }
    munmap(address, count * PAGE_SIZE);
    area->address = NULL;
    host.mappings--;
}
