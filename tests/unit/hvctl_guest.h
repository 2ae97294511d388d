/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of creation share: a definition, its kernel in a file, and the creation of it.
 */
#ifndef TESTS_UNIT_HVCTL_GUEST_H
#define TESTS_UNIT_HVCTL_GUEST_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xen/grant_table.h>

#include "alloc.h"
#include "hvctl_kernel.h"
#include "hvctl_machine.h"
#include "unit.h"

#define LINUX_BASE 0xffffffff80000000ULL
#define LINUX_P2M  0x8000000000ULL
#define GUEST_KIB  8192
#define GUEST      1 /* the domid of the first guest */
#define INITRD     70000

static const struct kernel_wish linux_kernel = {
    .virt_base = LINUX_BASE,
    .entry = LINUX_BASE + TEXT_PADDR + 0x10,
    .init_p2m = LINUX_P2M,
    .mod_start_pfn = true,
};
static uint8_t file[FILE_BYTES], packed[2 * FILE_BYTES], initrd[INITRD];
static char kernel_path[64], initrd_path[64];
static int kernel_fd = -1, initrd_fd = -1;
static struct hvctl_disk disk = {.source = (char *)"/d", .target = (char *)"xvda"};
static struct hvctl_nic nic = {.bridge = (char *)"xenbr0"};

static inline void set_file(int *fd, char *path, const void *data, size_t bytes)
{
    if (*fd < 0) {
        *fd = memfd_create("file", MFD_CLOEXEC);
        sprintf(path, "/proc/self/fd/%d", *fd);
    }
    if (ftruncate(*fd, 0) || pwrite(*fd, data, bytes, 0) != (ssize_t)bytes) {
        abort();
    }
}

static inline void set_initrd(struct hvctl_definition *d)
{
    for (size_t i = 0; i < sizeof(initrd); i++) {
        initrd[i] = (uint8_t)(i * 11 + 5);
    }
    set_file(&initrd_fd, initrd_path, initrd, sizeof(initrd));
    d->initrd = initrd_path;
}

static inline void set_kernel(const struct kernel_wish *wish, enum packing packing)
{
    size_t bytes = kernel_make(wish, file);

    bytes = kernel_pack(packing, file, bytes, packed, sizeof(packed));
    set_file(&kernel_fd, kernel_path, packed, bytes);
}

static inline struct hvctl_definition definition(void)
{
    return (struct hvctl_definition){
        .name = (char *)"web",
        .memory_kib = GUEST_KIB,
        .vcpus = 2,
        .vcpus_start = 1,
        .kernel = kernel_path,
        .cmdline = (char *)"root=/dev/xvda",
        .disks = &disk,
        .disk_count = 1,
        .nics = &nic,
        .nic_count = 1,
    };
}

static inline int create(const struct hvctl_definition *d, unsigned int flags, char message[512])
{
    struct hvctl *h = hvctl_open();
    uint32_t domid = HVCTL_NO_DOMAIN;
    int error;

    if (!h) {
        strcpy(message, "there is no memory for a handle");
        return -HVCTL_NO_MEMORY;
    }
    error = hvctl_create(h, d, flags, &domid);
    EXPECT(error ? domid == HVCTL_NO_DOMAIN : domid == GUEST);
    EXPECT(!error == !hvctl_message(h)[0]);
    snprintf(message, 512, "%s", hvctl_message(h));
    hvctl_close(h);
    EXPECT(!host.mappings && !host.wrong);
    if (host.wrong) {
        printf("# %s\n", host.wrong);
    }
    return error;
}

#endif
