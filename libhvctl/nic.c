/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network cards: the kernel's own network back end makes an interface for each, which is put
 * into the bridge here, without a script.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "device.h"

#define INTERFACE_MS 10000 /* for the kernel's back end to make the interface */

int nic_choose_mac(struct hvctl *h, struct hvctl_nic *nic)
{
    static const uint8_t prefix[3] = {0x00, 0x16, 0x3e};

    if (nic->mac_given) {
        return 0;
    }
    memcpy(nic->mac, prefix, sizeof(prefix));
    if (getrandom(nic->mac + 3, 3, 0) != 3) {
        return hvctl_fail_errno(h, errno, "no random numbers for a MAC address");
    }
    nic->mac[3] &= 0x7f;
    nic->mac_given = true;
    return 0;
}

/* "00:16:3e:..." as text, made where none is given. */
static int mac_text(struct hvctl *h, const struct hvctl_nic *nic, char text[18])
{
    struct hvctl_nic chosen = *nic;
    const uint8_t *mac = chosen.mac;
    int result = nic_choose_mac(h, &chosen);

    if (result) {
        return result;
    }
    if (mac[0] & 1) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL,
                          "%02x:%02x:%02x:%02x:%02x:%02x is an address "
                          "of many cards (the first byte is odd), not of one",
                          mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    }
    snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    return 0;
}

/* Adds the card under the first number that is free. */
static int add_nic(struct hvctl *h, uint32_t domid, const struct hvctl_nic *nic, unsigned int *id)
{
    char mac[18], handle[16];
    const struct device_node backend[] = {{"mac", mac},
                                          {"bridge", nic->bridge},
                                          {"handle", handle},
                                          {"type", "vif"},
                                          {"script", "none"}, /* Linux wants a name */
                                          {"vifname", nic->target ? nic->target : ""},
                                          {NULL, NULL}};
    const struct device_node front[] = {{"mac", mac}, {"handle", handle}, {NULL, NULL}};
    struct device_new device = {
        .kind = DEVICE_NIC, .domid = domid, .backend = backend, .front = front};
    int result = mac_text(h, nic, mac);

    while (!result) {
        unsigned int *ids;
        size_t count;

        result = device_ids(h, 0, DEVICE_NIC, domid, &ids, &count);
        if (result) {
            break;
        }
        device.id = 0;
        for (size_t i = 0; i < count && ids[i] == device.id; i++) {
            device.id++;
        }
        free(ids);
        snprintf(handle, sizeof(handle), "%u", device.id);
        result = device_add(h, &device);
        if (result != -HVCTL_EXISTS) {
            *id = device.id;
            return result;
        }
        result = 0; /* somebody else was faster: the next number */
    }
    return result;
}

/* The new interface into its bridge, and word of it to the back end. */
static int plug(struct hvctl *h, uint32_t domid, const struct hvctl_nic *nic, unsigned int id)
{
    char path[64], interface[16];
    int result;

    snprintf(interface, sizeof(interface), "vif%u.%u", domid, id);
    snprintf(path, sizeof(path), "/sys/class/net/%s", interface);
    result = device_await_file(h, path, true, INTERFACE_MS);
    if (result) {
        return hvctl_context(h, result, "the back end makes no interface (is xen-netback loaded?)");
    }
    if (nic->target && strcmp(nic->target, interface) != 0) {
        result = interface_rename(h, interface, nic->target);
        if (result) {
            return result;
        }
    }
    result = bridge_join(h, nic->bridge, nic->target ? nic->target : interface);
    return result ? result
                  : store_put(h, 0, "connected", DEVICE_BACKEND "/hotplug-status", DEVICE_NIC,
                              domid, id);
}

int nic_check(struct hvctl *h, const struct hvctl_nic *nic)
{
    if (!nic->bridge) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL, "a network card needs a bridge");
    }
    return bridge_check(h, nic->bridge);
}

int hvctl_nic_attach(struct hvctl *h, uint32_t domid, const struct hvctl_nic *nic)
{
    struct hvctl_domain domain;
    unsigned int id;
    int result = nic_check(h, nic);

    result = result ? result : hvctl_info(h, domid, &domain);
    result = result ? result : add_nic(h, domid, nic, &id);
    if (result) {
        return result;
    }
    result = plug(h, domid, nic, id);
    result = result ? result : device_connect(h, DEVICE_NIC, domid, id);
    if (result) {
        device_undo(h, DEVICE_NIC, domid, id);
    }
    return result;
}

static int read_nic(struct hvctl *h, uint32_t domid, unsigned int id, struct hvctl_device *device)
{
    int result =
        device_text(h, DEVICE_NIC, domid, id, "vifname", device->target, sizeof(device->target));

    if (!device->target[0]) {
        snprintf(device->target, sizeof(device->target), "vif%u.%u", domid, id);
    }
    result = result ? result
                    : device_text(h, DEVICE_NIC, domid, id, "bridge", device->source,
                                  sizeof(device->source));
    return result ? result
                  : device_text(h, DEVICE_NIC, domid, id, "mac", device->address,
                                sizeof(device->address));
}

int hvctl_nics(struct hvctl *h, uint32_t domid, struct hvctl_device **nics, size_t *count)
{
    return device_list(h, DEVICE_NIC, domid, read_nic, nics, count);
}

int hvctl_nic_detach(struct hvctl *h, uint32_t domid, const char *which, bool force)
{
    return device_detach(h, DEVICE_NIC, domid, read_nic, which, force);
}
