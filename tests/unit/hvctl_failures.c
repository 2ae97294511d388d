/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Creating a guest fails at every place where it can, one after the other: nothing is left behind
 * each time, and a sentence says why.
 */
#include "hvctl_guest.h"

/* Is the host as before a failed creation? */
static void expect_nothing_left(void)
{
    EXPECT(!host.domain[GUEST].exists && !host.domain[GUEST].introduced);
    EXPECT(!host.domain[GUEST].devices);
    EXPECT(host_free_frames() == HOST_FRAMES - 1);
    EXPECT(!host_node("/local/domain/1") && !host_node("/libhvctl/1"));
    EXPECT(host_nodes() <= 4); /* folders that all guests' nodes lie in */
}

/* The numbers from 1 on until it works: how often it failed. */
static unsigned int fail_at_each(unsigned long *counter, bool allocations)
{
    struct hvctl_definition d = definition();
    char message[512];
    unsigned int failures = 0;

    set_initrd(&d);
    for (unsigned long n = 1; n < 5000; n++) {
        int error;

        host_reset();
        if (allocations) {
            alloc_fail_at(n);
        } else {
            *counter = n;
        }
        error = create(&d, 0, message);
        alloc_fail_at(0);
        if (!error) {
            break;
        }
        failures++;
        EXPECT(strlen(message) > 15);
        expect_nothing_left();
        if (unit_broken) {
            printf("# failure %lu: %s\n", n, message);
            break;
        }
    }
    return failures;
}

static void every_call_may_fail(void)
{
    set_kernel(&linux_kernel, BZIMAGE_LZ4);
    EXPECT(fail_at_each(&host.fail_call, false) > 20);
}

static void every_request_to_the_store_may_fail(void)
{
    set_kernel(&linux_kernel, PLAIN);
    EXPECT(fail_at_each(&host.fail_store, false) > 40);
}

static void every_allocation_may_fail(void)
{
    set_kernel(&linux_kernel, GZIP_ELF);
    EXPECT(fail_at_each(NULL, true) >= 4);
}

static unsigned int stop_at, asked;

static bool stop(void *opaque, const char *stage, uint64_t done, uint64_t total)
{
    (void)opaque;
    EXPECT(stage[0] && (!total || done <= total));
    return ++asked != stop_at;
}

static void it_can_be_stopped_anywhere(void)
{
    struct hvctl_definition d = definition();

    set_kernel(&linux_kernel, PLAIN);
    for (stop_at = 1; stop_at < 100; stop_at++) {
        struct hvctl *h = hvctl_open();
        uint32_t domid = HVCTL_NO_DOMAIN;
        int error;

        host_reset();
        asked = 0;
        hvctl_set_progress(h, stop, NULL);
        error = hvctl_create(h, &d, 0, &domid);
        hvctl_close(h);
        if (!error) {
            break;
        }
        EXPECT(error == -HVCTL_CANCELLED && domid == HVCTL_NO_DOMAIN);
        expect_nothing_left();
    }
    EXPECT(stop_at > 6);
}

/* Tries a definition that is wrong in one thing. */
static void refused(const struct hvctl_definition *d, enum hvctl_status status, const char *word)
{
    char message[512];

    host_reset();
    EXPECT(create(d, 0, message) == -(int)status);
    EXPECT(strstr(message, word));
    if (!strstr(message, word)) {
        printf("# \"%s\" does not speak of \"%s\"\n", message, word);
    }
    expect_nothing_left();
}

static void wrong_definitions_are_refused(void)
{
    struct hvctl_definition d;
    char line[1100];

    set_kernel(&linux_kernel, PLAIN);
    memset(line, 'x', sizeof(line));
    line[1024] = 0;
    d = definition(), d.name = (char *)"12", refused(&d, HVCTL_INVALID, "domid");
    d = definition(), d.name = (char *)"a/b", refused(&d, HVCTL_INVALID, "slash");
    d = definition(), d.name = (char *)"", refused(&d, HVCTL_INVALID, "letters");
    d = definition(), d.name = line, refused(&d, HVCTL_INVALID, "letters");
    d = definition(), d.cmdline = line, refused(&d, HVCTL_INVALID, "command line");
    d = definition(), d.vcpus = 0, refused(&d, HVCTL_INVALID, "vCPUs");
    d = definition(), d.vcpus = 129, refused(&d, HVCTL_INVALID, "vCPUs");
    d = definition(), d.vcpus_start = 3, refused(&d, HVCTL_INVALID, "vCPUs");
    d = definition(), d.memory_kib = 1023, refused(&d, HVCTL_INVALID, "memory");
    d = definition(), d.memory_kib = 1ULL << 42, refused(&d, HVCTL_INVALID, "memory");
    d = definition(), d.memory_kib = 1 << 20, refused(&d, HVCTL_NO_MEMORY, "1024 MiB");
    d = definition(), d.memory_kib = 1080, refused(&d, HVCTL_NO_MEMORY, "do not fit");
    d = definition(), d.kernel = (char *)"/nowhere", refused(&d, HVCTL_NOT_FOUND, "/nowhere");
    d = definition(), d.kernel = (char *)"/tmp", refused(&d, HVCTL_INVALID, "regular");
    d = definition(), d.initrd = (char *)"/nowhere", refused(&d, HVCTL_NOT_FOUND, "/nowhere");
    d = definition(), d.initrd = (char *)"/tmp", refused(&d, HVCTL_INVALID, "regular");
    set_file(&kernel_fd, kernel_path, "", 0);
    d = definition(), refused(&d, HVCTL_INVALID, "0 bytes");
}

/* Before a domain is made, let alone its memory. */
static void devices_are_looked_at_first(void)
{
    struct hvctl_definition d = definition();
    struct hvctl_disk twice[2] = {d.disks[0], d.disks[0]};
    char message[512];

    set_kernel(&linux_kernel, PLAIN);
    host_reset();
    host.no_device = true;
    EXPECT(create(&d, 0, message) == -HVCTL_NOT_FOUND && !host.made);
    host_reset();
    d.disks = twice;
    d.disk_count = 2;
    EXPECT(create(&d, 0, message) == -HVCTL_INVALID && !host.made && strstr(message, "xvda"));
    d.disk_count = 1;
    EXPECT(create(&d, 0, message) == 0 && host.made == 1);
}

/* hvctl destroy was killed, or the store had no room, when the domain had gone already. */
static void leftovers_of_others_are_swept(void)
{
    struct hvctl_definition d = definition();
    struct hvctl *h = hvctl_open();
    char message[512];
    uint32_t domid;

    set_kernel(&linux_kernel, PLAIN);
    host_reset();
    host.orphans = true;
    EXPECT(create(&d, 0, message) == 0 && host_node("/libhvctl/1/uuid"));
    host.domain[GUEST].exists = false;
    EXPECT(host.domain[GUEST].devices);
    EXPECT(hvctl_find(h, "1", &domid) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_destroy(h, GUEST) == -HVCTL_NOT_FOUND && !host_node("/local/domain/1/name"));
    EXPECT(!host_node("/libhvctl/1/uuid") && !host.domain[GUEST].devices);
    host_reset();
    host.orphans = true;
    EXPECT(create(&d, 0, message) == 0);
    host.domain[GUEST].exists = false;
    EXPECT(create(&d, 0, message) == 0 && host_node("/local/domain/1/name"));
    host_reset();
    hvctl_close(h);
}

/* What a destruction could not take away is marked, and goes before the next creation. */
static void what_destroy_leaves_is_swept(void)
{
    struct hvctl_definition d = definition();
    struct hvctl *h = hvctl_open();
    char message[512];
    unsigned int failures = 0;

    set_kernel(&linux_kernel, PLAIN);
    for (unsigned long n = 0; n < 100; n++) {
        int error;

        host_reset();
        EXPECT(create(&d, 0, message) == 0);
        host.fail_devices = !n;
        host.fail_store = n;
        host.store_calls = 0;
        error = hvctl_destroy(h, GUEST);
        if (host.store_calls < n) {
            break; /* it makes fewer requests */
        }
        host.fail_devices = false;
        host.fail_store = 0;
        failures += error != 0;
        host.orphans = true;
        if (host.domain[GUEST].exists) {
            EXPECT(hvctl_destroy(h, GUEST) == 0);
        } else if (host.domain[GUEST].devices || host_node("/local/domain/1/name")) {
            EXPECT(host_node("/libhvctl/1/uuid"));
        }
        EXPECT(create(&d, 0, message) == 0 && hvctl_destroy(h, GUEST) == 0);
        expect_nothing_left();
    }
    EXPECT(failures > 3);
    host_reset();
    hvctl_close(h);
}

static void other_kernels_are_refused(void)
{
    struct hvctl_definition d = definition();
    struct kernel_wish wish = linux_kernel;

    wish.no_pv_note = true;
    set_kernel(&wish, BZIMAGE_LZ4);
    refused(&d, HVCTL_UNSUPPORTED, "paravirtual");
    wish = linux_kernel;
    wish.init_p2m = LINUX_BASE;
    set_kernel(&wish, PLAIN);
    refused(&d, HVCTL_UNSUPPORTED, "INIT_P2M");
    wish = linux_kernel;
    wish.virt_base = 0xffff800000000000ULL;
    set_kernel(&wish, PLAIN);
    refused(&d, HVCTL_UNSUPPORTED, "hypervisor");
    wish = linux_kernel;
    wish.hypercall_page = 0x1000;
    set_kernel(&wish, PLAIN);
    refused(&d, HVCTL_INVALID, "hypercall page");
}

static void kernels_cut_short_are_refused(void)
{
    struct hvctl_definition d = definition();
    char message[512];

    set_kernel(&linux_kernel, BZIMAGE_ZSTD);
    for (size_t bytes = 1; bytes < 1600; bytes++) {
        host_reset();
        set_file(&kernel_fd, kernel_path, packed, bytes);
        EXPECT(create(&d, 0, message) < 0);
        expect_nothing_left();
    }
}

static void names_and_uuids_are_taken_once(void)
{
    struct hvctl_definition d = definition();
    struct hvctl *h = hvctl_open();
    uint32_t domid;
    char message[512];

    host_reset();
    set_kernel(&linux_kernel, PLAIN);
    d.uuid_given = true;
    memset(d.uuid, 0x5a, sizeof(d.uuid));
    EXPECT(create(&d, HVCTL_CREATE_PAUSED, message) == 0);
    EXPECT(host.domain[GUEST].pause_count == 1);
    EXPECT(hvctl_create(h, &d, 0, &domid) == -HVCTL_EXISTS && !host.domain[2].exists);
    d.name = (char *)"other";
    EXPECT(hvctl_create(h, &d, 0, &domid) == -HVCTL_EXISTS && !host.domain[2].exists);
    d.uuid_given = false;
    host.conflicts = 3; /* another program's transactions, in between */
    EXPECT(hvctl_create(h, &d, 0, &domid) == 0 && domid == 2 && !host.conflicts);
    EXPECT(hvctl_find(h, "other", &domid) == 0 && domid == 2);
    EXPECT(hvctl_find(h, "5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a5a", &domid) == 0 && domid == 1);
    EXPECT(hvctl_find(h, "0", &domid) == 0 && domid == 0);
    EXPECT(hvctl_find(h, "3", &domid) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_find(h, "none", &domid) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_find(h, "", &domid) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_rename(h, 2, "web") == -HVCTL_EXISTS);
    EXPECT(hvctl_rename(h, 2, "third") == 0 && !strcmp(host_node("/local/domain/2/name"), "third"));
    EXPECT(hvctl_destroy(h, 0) == -HVCTL_INVALID && hvctl_destroy(h, 5) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_destroy(h, 2) == 0 && hvctl_destroy(h, 1) == 0);
    hvctl_close(h);
    expect_nothing_left();
}

static void the_store_tells_each_what_is_his(void)
{
    struct hvctl_definition d = definition();
    char message[512];

    host_reset();
    set_kernel(&linux_kernel, PLAIN);
    d.weight = 512;
    d.cap = 50;
    d.clock_offset_s = -7200;
    EXPECT(create(&d, 0, message) == 0);
    EXPECT(!strcmp(host_permissions("/local/domain/1"), "n0 r1"));
    EXPECT(!strcmp(host_permissions("/local/domain/1/control/shutdown"), "n1"));
    EXPECT(!strcmp(host_permissions("/libhvctl/1"), "n0"));
    EXPECT(!strcmp(host_node("/local/domain/1/cpu/0/availability"), "online"));
    EXPECT(!strcmp(host_node("/local/domain/1/cpu/1/availability"), "offline"));
    EXPECT(!strcmp(host_node("/local/domain/1/memory/target"), "8192"));
    EXPECT(!strcmp(host_node("/local/domain/1/domid"), "1"));
    EXPECT(strlen(host_node("/libhvctl/1/definition/2")) == 4999 - 2 * 2048);
    EXPECT(host.domain[1].weight == 512 && host.domain[1].cap == 50);
    EXPECT(host.domain[1].time_offset == -7200 && host.domain[1].memory_map == GUEST_KIB << 10);
    EXPECT(host.domain[1].introduced && host.domain[1].devices);
}

int main(void)
{
    RUN(every_call_may_fail);
    RUN(every_request_to_the_store_may_fail);
    RUN(every_allocation_may_fail);
    RUN(it_can_be_stopped_anywhere);
    RUN(wrong_definitions_are_refused);
    RUN(devices_are_looked_at_first);
    RUN(leftovers_of_others_are_swept);
    RUN(what_destroy_leaves_is_swept);
    RUN(other_kernels_are_refused);
    RUN(kernels_cut_short_are_refused);
    RUN(names_and_uuids_are_taken_once);
    RUN(the_store_tells_each_what_is_his);
    return UNIT_RESULT;
}
