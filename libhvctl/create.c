/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Creating a guest, all or nothing.  Each step that leaves something behind writes itself into a
 * ledger; a failure undoes the ledger from its end, and the failure's own sentence stays.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "device.h"
#include "domain.h"

#define LEAST_KIB      1024 /* of memory */
#define CONSOLE_DAEMON "/run/hvconsoled/socket"

enum mark { MARK_DOMAIN, MARK_STORE, MARK_INTRODUCED, MARK_DEVICES, MARKS };

struct ledger {
    enum mark mark[MARKS];
    unsigned int count;
};

static void note(struct ledger *ledger, enum mark mark)
{
    ledger->mark[ledger->count++] = mark;
}

/* left: something before could not be undone */
static int undo_one(struct build *b, enum mark mark, bool left)
{
    switch (mark) {
    case MARK_DOMAIN:
        return domain_end(b->h, b->domid);
    case MARK_STORE:
        return guest_store_remove(b->h, b->domid, b->uuid, left);
    case MARK_INTRODUCED:
        return store_release(b->h, b->domid);
    case MARK_DEVICES:
        return devices_remove_all(b->h, b->domid);
    case MARKS:
        break;
    }
    return 0;
}

/* Undoes all that is noted; the handle tells of the first failure, not of what follows it. */
static void undo(struct build *b, struct ledger *ledger)
{
    struct hvctl_failure failure;
    hvctl_progress_fn *progress = b->h->progress;
    bool left = false;

    hvctl_failure_keep(b->h, &failure);
    b->h->progress = NULL; /* it has said no already */
    while (ledger->count) {
        left |= undo_one(b, ledger->mark[--ledger->count], left) != 0;
    }
    b->h->progress = progress;
    hvctl_failure_restore(b->h, &failure);
}

static int check_definition(struct hvctl *h, const struct hvctl_definition *d)
{
    int error = name_check(h, d->name);

    if (error) {
        return error;
    }
    if (!d->kernel) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "guest %s has no kernel", d->name);
    }
    if (!d->vcpus || d->vcpus > MAX_VCPUS) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "guest %s has %u vCPUs; 1 to %d can be had", d->name,
                          d->vcpus, MAX_VCPUS);
    }
    if (d->vcpus_start > d->vcpus) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "guest %s starts with more vCPUs than it has",
                          d->name);
    }
    if (d->memory_kib < LEAST_KIB || d->memory_kib >> 42 || d->current_kib > d->memory_kib) {
        return hvctl_fail(
            h, HVCTL_INVALID, 0, "guest %s has an impossible amount of memory (%llu KiB, of %llu)",
            d->name, (unsigned long long)d->current_kib, (unsigned long long)d->memory_kib);
    }
    if (d->cmdline && strlen(d->cmdline) >= MAX_GUEST_CMDLINE) {
        return hvctl_fail(h, HVCTL_INVALID, 0,
                          "the command line of guest %s has more than %d letters", d->name,
                          MAX_GUEST_CMDLINE - 1);
    }
    return 0;
}

/* Is the uuid free in the hypervisor?  The store's transaction asks again for the name. */
static int check_unused(struct build *b)
{
    struct xen_domctl_getdomaininfo *infos;
    size_t count;
    int error = name_unused(b->h, HVCTL_NO_TRANSACTION, b->definition->name, HVCTL_NO_DOMAIN);

    if (!error && b->definition->uuid_given) {
        error = domain_look_all(b->h, &infos, &count);
    }
    if (error || !b->definition->uuid_given) {
        return error;
    }
    for (size_t i = 0; i < count && !error; i++) {
        /* One that is destroyed, and only held by somebody's mapping, is no more in the way. */
        if (!(infos[i].flags & XEN_DOMINF_dying) &&
            !memcmp(infos[i].handle, b->uuid, sizeof(b->uuid))) {
            error =
                hvctl_fail(b->h, HVCTL_EXISTS, EEXIST, "the uuid of guest %s is taken by domain %u",
                           b->definition->name, infos[i].domain);
        }
    }
    free(infos);
    return error;
}

/* Before memory is built: a disk that is not there is told of at once. */
static int check_devices(struct build *b)
{
    const struct hvctl_definition *d = b->definition;
    int error = 0;

    for (size_t i = 0; i < d->disk_count && !error; i++) {
        error = disk_check(b->h, &d->disks[i]);
        for (size_t j = 0; j < i && !error; j++) {
            if (disk_number(d->disks[i].target) == disk_number(d->disks[j].target)) {
                error = hvctl_fail(b->h, HVCTL_INVALID, EEXIST, "guest %s has two disks %s",
                                   d->name, d->disks[i].target);
            }
        }
    }
    for (size_t i = 0; i < d->nic_count && !error; i++) {
        error = nic_check(b->h, &d->nics[i]);
    }
    return error;
}

static int choose_uuid(struct build *b)
{
    if (b->definition->uuid_given) {
        memcpy(b->uuid, b->definition->uuid, sizeof(b->uuid));
        return 0;
    }
    if (getrandom(b->uuid, sizeof(b->uuid), 0) != sizeof(b->uuid)) {
        return hvctl_fail_errno(b->h, errno, "there are no random numbers for a uuid");
    }
    b->uuid[6] = (b->uuid[6] & 0x0f) | 0x40;
    b->uuid[8] = (b->uuid[8] & 0x3f) | 0x80;
    return 0;
}

/* Once for all: a guest that is started again by its definition has the same cards. */
static int choose_macs(struct build *b)
{
    const struct hvctl_definition *d = b->definition;
    int error = 0;

    b->nics = alloc_zeroed(d->nic_count, sizeof(*b->nics));
    if (!b->nics) {
        return hvctl_fail(b->h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    for (size_t i = 0; i < d->nic_count && !error; i++) {
        b->nics[i] = d->nics[i];
        error = nic_choose_mac(b->h, &b->nics[i]);
    }
    return error;
}

/* Memory, kernel and all that lies in the guest. */
static int build(struct build *b)
{
    int error = build_anchor(b);

    if (!error) {
        error = build_memory(b);
    }
    if (!error) {
        error = build_kernel(b);
    }
    if (!error) {
        error = build_initrd(b);
    }
    if (!error) {
        error = build_tables(b);
    }
    return error ? error : build_start(b);
}

static int attach_devices(struct build *b)
{
    const struct hvctl_definition *d = b->definition;
    int error = 0;

    for (size_t i = 0; i < d->disk_count && !error; i++) {
        error = hvctl_progress(b->h, "attaching disks", i, d->disk_count);
        if (!error) {
            error = hvctl_disk_attach(b->h, b->domid, &d->disks[i]);
        }
    }
    for (size_t i = 0; i < d->nic_count && !error; i++) {
        error = hvctl_progress(b->h, "attaching network cards", i, d->nic_count);
        if (!error) {
            error = hvctl_nic_attach(b->h, b->domid, &b->nics[i]);
        }
    }
    return error;
}

static int create(struct build *b, struct ledger *ledger)
{
    int error = create_domain(b);

    if (b->domid != HVCTL_NO_DOMAIN) {
        note(ledger, MARK_DOMAIN);
    }
    if (!error) {
        error = build(b);
    }
    if (!error) {
        note(ledger, MARK_STORE);
        error = guest_store_make(b);
    }
    if (!error) {
        error = hvctl_progress(b->h, "introducing the guest to XenStore", 0, 0);
    }
    if (!error) {
        error = store_introduce(b->h, b->domid, b->p2m[b->layout.store_pfn], b->store_port);
    }
    if (!error) {
        note(ledger, MARK_INTRODUCED);
        note(ledger, MARK_DEVICES);
        error = attach_devices(b);
    }
    return error;
}

void build_close(struct build *b)
{
    if (b->shared_page) {
        machine_unmap(b->shared_page, 1);
    }
    if (b->file.data) {
        munmap(b->file.data, b->file.size);
    }
    if (b->kernel_fd >= 0) {
        close(b->kernel_fd); /* the lease ends with it */
    }
    if (b->initrd >= 0) {
        close(b->initrd);
    }
    free(b->p2m);
    free(b->nics);
}

/* Whatever failed: was it because somebody destroyed the guest?  Then that is the cause to tell. */
static int explain(struct build *b, int error)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo};

    if (b->domid == HVCTL_NO_DOMAIN || error == -HVCTL_CANCELLED) {
        return error;
    }
    if (calls_domctl(b->h, b->domid, &op) < 0 || op.u.getdomaininfo.domain != b->domid ||
        op.u.getdomaininfo.flags & XEN_DOMINF_dying) {
        return hvctl_fail(b->h, HVCTL_BUSY, b->h->error,
                          "guest %s was destroyed while it was being created", b->definition->name);
    }
    return error;
}

/*
 * A guest that ends at once has said what it says before a console daemon that is told of it late
 * could look: so it starts when the daemon has its console, or after half a second all the same.
 */
static void await_console(const struct build *b)
{
    char *terminal;

    if (access(CONSOLE_DAEMON, F_OK)) {
        return;
    }
    for (unsigned int tries = 0; tries < 1000; tries++) {
        if (!store_get(b->h, HVCTL_NO_TRANSACTION, &terminal, "/local/domain/%u/console/tty",
                       b->domid)) {
            free(terminal);
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    }
}

int hvctl_create(struct hvctl *h, const struct hvctl_definition *definition, unsigned int flags,
                 uint32_t *domid)
{
    struct build b = {
        .h = h, .definition = definition, .domid = HVCTL_NO_DOMAIN, .kernel_fd = -1, .initrd = -1};
    struct ledger ledger = {.count = 0};
    int error = check_definition(h, definition);

    b.pages = (definition->current_kib ? definition->current_kib : definition->memory_kib) / 4;
    if (!error) {
        error = choose_uuid(&b);
    }
    if (!error) {
        error = choose_macs(&b);
    }
    if (!error) {
        error = build_open(&b);
    }
    if (!error) {
        error = calls_open(h);
    }
    if (!error) {
        error = guest_store_sweep(h);
    }
    if (!error) {
        error = check_unused(&b);
    }
    if (!error) {
        error = check_devices(&b);
    }
    if (!error) {
        error = create(&b, &ledger);
    }
    if (!error) {
        error = hvctl_progress(h, "starting the guest", 0, 0);
    }
    if (!error && !(flags & HVCTL_CREATE_PAUSED)) {
        await_console(&b);
        error = hvctl_unpause(h, b.domid);
    }
    error = error ? explain(&b, error) : 0;
    build_close(&b);
    if (error) {
        undo(&b, &ledger);
    } else {
        *domid = b.domid;
    }
    return error;
}
