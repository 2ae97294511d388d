/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvctl without a hypervisor: devices and the host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvctl_fake.h"
#include "hvctl_fake_inside.h"

uint64_t fake_differences;

int hvctl_disk_attach(struct hvctl *h, uint32_t domid, const struct hvctl_disk *disk)
{
    return fake_call(h, "disk_attach", " %u %s %s %s %s", domid,
                     disk->type == HVCTL_DISK_BLOCK ? "block" : "file", disk->source, disk->target,
                     disk->readonly ? "ro" : "rw");
}

int hvctl_disk_detach(struct hvctl *h, uint32_t domid, const char *target, bool force)
{
    return fake_call(h, "disk_detach", " %u %s %d", domid, target, force);
}

int hvctl_disks(struct hvctl *h, uint32_t domid, struct hvctl_device **disks, size_t *count)
{
    *count = 1;
    *disks = calloc(1, sizeof(**disks));
    **disks = (struct hvctl_device){.id = 51712,
                                    .state = 4,
                                    .target = "xvda",
                                    .source = "/srv/web\033[31m.img",
                                    .address = "rw"};
    return fake_call(h, "disks", " %u", domid);
}

int hvctl_nic_attach(struct hvctl *h, uint32_t domid, const struct hvctl_nic *nic)
{
    return fake_call(h, "nic_attach", " %u %s %d %02x..%02x %s", domid, nic->bridge, nic->mac_given,
                     nic->mac[0], nic->mac[5], nic->target ? nic->target : "-");
}

int hvctl_nic_detach(struct hvctl *h, uint32_t domid, const char *which, bool force)
{
    return fake_call(h, "nic_detach", " %u %s %d", domid, which, force);
}

int hvctl_nics(struct hvctl *h, uint32_t domid, struct hvctl_device **nics, size_t *count)
{
    *count = 1;
    *nics = calloc(1, sizeof(**nics));
    **nics = (struct hvctl_device){
        .state = 2, .target = "vif1.0", .source = "xenbr0", .address = "00:16:3e:00:00:01"};
    return fake_call(h, "nics", " %u", domid);
}

int hvctl_host(struct hvctl *h, struct hvctl_host *host)
{
    *host = (struct hvctl_host){.cpus = 2,
                                .cores_per_socket = 2,
                                .threads_per_core = 1,
                                .sockets = 1,
                                .nodes = 1,
                                .memory_kib = 2097152,
                                .free_kib = 1048576,
                                .cpu_khz = 2500500,
                                .version_major = 4,
                                .version_minor = 17,
                                .extra = ".0-m",
                                .capabilities = "xen-3.0-x86_64",
                                .scheduler = "credit"};
    return fake_call(h, "host", "%s", "");
}

int hvctl_dmesg(struct hvctl *h, bool clear, char **text)
{
    *text = strdup("Mortise\nready\n");
    return fake_call(h, "dmesg", " %d", clear);
}

int hvctl_refusals(struct hvctl *h, uint32_t domid, struct hvctl_refusal **refusals, size_t *count)
{
    *count = domid == 1;
    *refusals = calloc(1, sizeof(**refusals));
    **refusals = (struct hvctl_refusal){.time_ns = 1500000000,
                                        .call = 1,
                                        .op = 2,
                                        .error = -22,
                                        .argument = 0x1234,
                                        .call_name = "mmu_update",
                                        .rule = "RULE_X",
                                        .sentence = "the frame is a page table"};
    return fake_call(h, "refusals", " %u", domid);
}

int hvctl_audit(struct hvctl *h, struct hvctl_audit *result, struct hvctl_difference **differences,
                size_t *count)
{
    *result = (struct hvctl_audit){1000, 7777, fake_differences, 1500000};
    *count = fake_differences > 1;
    *differences = calloc(1, sizeof(**differences));
    **differences = (struct hvctl_difference){.kind = "page-refs",
                                              .domid = 4,
                                              .object = 0x123,
                                              .recorded = 3,
                                              .found = 2,
                                              .words = "frame 123 has 3 references"};
    return fake_call(h, "audit", "%s", "");
}
