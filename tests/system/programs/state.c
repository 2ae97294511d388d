/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor says of itself through its own call, for the tests to
 * read: "state" prints memory, an audit and all refusals; "state follow" prints
 * each new refusal until it is killed; "state fault FAULT DOMID OBJECT CHANGE"
 * spoils a record of the image mortise-faults, "state allocations FIRST LAST" has
 * those allocations of it fail from now on (0 0: none), and prints how many there
 * were since the last time.  Fails when the audit is not clean.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Handles as structures, as the macro that fills them wants. */
#define __XEN_TOOLS__ 1
#include <xen/mortise-fault.h>

/* The kernel's interface for calls (its uapi header is not installed everywhere). */
struct privcmd_hypercall {
    uint64_t op, arg[5];
};
#define IOCTL_PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))

#define RECORDS 64

/* Memory that stays where it is during a call. */
struct buffer {
    struct mortise_audit audit;
    struct mortise_memory_info memory;
    struct mortise_fault fault;
    struct mortise_refusals refusals;
    struct mortise_refusal record[RECORDS];
};

static int privcmd;
static struct buffer *buffer;

static void die(const char *what)
{
    printf("state: %s: %s\n", what, strerror(errno));
    exit(2);
}

static long call(uint64_t command, void *argument)
{
    struct privcmd_hypercall hypercall = {__HYPERVISOR_mortise_op,
                                          {command, (uint64_t)(uintptr_t)argument}};

    return ioctl(privcmd, IOCTL_PRIVCMD_HYPERCALL, &hypercall);
}

/* Prints the records from *from on; a gap says that some were overwritten. */
static void print_refusals(uint64_t *from)
{
    do {
        buffer->refusals = (struct mortise_refusals){.interface_version = MORTISE_INTERFACE_VERSION,
                                                     .domid = DOMID_SELF,
                                                     .first = *from,
                                                     .count = RECORDS};
        set_xen_guest_handle(buffer->refusals.buffer, buffer->record);
        if (call(MORTISE_refusals, &buffer->refusals) < 0)
            die("MORTISE_refusals");
        for (uint32_t i = 0; i < buffer->refusals.count; i++) {
            const struct mortise_refusal *r = &buffer->record[i];

            if (r->sequence != *from)
                printf("refusal lost %" PRIu64 "\n", r->sequence - *from);
            *from = r->sequence + 1;
            printf("refusal call %d subop %d rule %u errno %d argument %#" PRIx64 "\n",
                   (int)r->hypercall, (int)r->subop, r->rule, -r->error, r->argument);
        }
    } while (buffer->refusals.count);
    fflush(stdout);
}

static void print_memory(void)
{
    struct mortise_memory_info *memory = &buffer->memory;

    *memory = (struct mortise_memory_info){.interface_version = MORTISE_INTERFACE_VERSION};
    if (call(MORTISE_memory_info, memory) < 0)
        die("MORTISE_memory_info");
    printf("memory ram %" PRIu64 " free %" PRIu64 " domains %" PRIu64 " hypervisor %" PRIu64 "\n",
           memory->ram, memory->free, memory->domains, memory->hypervisor);
}

static uint64_t print_audit(void)
{
    struct mortise_audit *audit = &buffer->audit;

    *audit = (struct mortise_audit){.interface_version = MORTISE_INTERFACE_VERSION};
    if (call(MORTISE_audit, audit) < 0)
        die("MORTISE_audit");
    printf("audit differences %" PRIu64 " frames %" PRIu64 " us %" PRIu64 " references %" PRIu64
           "\n",
           audit->total, audit->frames_checked, audit->time_ns / 1000, audit->references);
    for (unsigned int i = 0; i < MORTISE_AUDIT_NR_KINDS; i++) {
        if (audit->differences[i])
            printf("audit kind %u differences %" PRIu64 "\n", i, audit->differences[i]);
    }
    return audit->total;
}

static int seed(char **words)
{
    buffer->fault = (struct mortise_fault){.interface_version = MORTISE_INTERFACE_VERSION,
                                           .fault = (uint32_t)atoi(words[0]),
                                           .domid = (domid_t)atoi(words[1]),
                                           .object = strtoull(words[2], NULL, 0),
                                           .change = atoi(words[3])};
    if (call(MORTISE_fault, &buffer->fault) < 0)
        die("MORTISE_fault");
    return 0;
}

static int allocations(char **words)
{
    uint32_t first = (uint32_t)atoi(words[0]), last = (uint32_t)strtoul(words[1], NULL, 0);

    buffer->fault = (struct mortise_fault){.interface_version = MORTISE_INTERFACE_VERSION,
                                           .fault = MORTISE_FAULT_ALLOCATION,
                                           .change = first != 0,
                                           .object = MORTISE_FAULT_FAIL(first, last)};
    if (call(MORTISE_fault, &buffer->fault) < 0)
        die("MORTISE_fault");
    printf("%" PRIu64 "\n", buffer->fault.object);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t from = 1;
    int memory = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);

    privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    if (privcmd < 0 || memory < 0)
        die("/dev/xen");
    buffer = mmap(NULL, (sizeof(*buffer) + 4095) & ~4095UL, PROT_READ | PROT_WRITE, MAP_SHARED,
                  memory, 0);
    if (buffer == MAP_FAILED)
        die("mmap");
    if (call(MORTISE_version, NULL) != MORTISE_INTERFACE_VERSION)
        die("MORTISE_version");
    if (argc == 2 && !strcmp(argv[1], "follow")) {
        for (;;) {
            print_refusals(&from);
            usleep(200000);
        }
    }
    if (argc == 6 && !strcmp(argv[1], "fault"))
        return seed(argv + 2);
    if (argc == 4 && !strcmp(argv[1], "allocations"))
        return allocations(argv + 2);
    print_refusals(&from);
    print_memory();
    return print_audit() ? 1 : 0;
}
