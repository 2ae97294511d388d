/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device as XenStore has it: a folder of the back end, the control domain's, and a folder of
 * the front end, the guest's.  The guest may write anything into its own folder, so nothing that
 * is done here follows what stands there.
 */
#ifndef LIBHVCTL_DEVICE_H
#define LIBHVCTL_DEVICE_H

#include <limits.h>

#include <xen/io/xenbus.h>

#include "store.h"

#define DEVICE_DISK "vbd"
#define DEVICE_NIC  "vif"

#define DEVICE_BACKEND "/local/domain/0/backend/%s/%u/%u" /* kind, domid, id */
/* What the control domain's kernel writes of its back ends' failures: kind, domid. */
#define DEVICE_ERRORS "/local/domain/0/error/backend/%s/%u"
#define DEVICE_FRONT  "/local/domain/%u/device/%s/%u" /* domid, kind, id */

/** One node below a device's folder. */
struct device_node {
    const char *name, *value;
};

/** What is written for a new device, beside what all devices have. */
struct device_new {
    const char *kind; /**< DEVICE_DISK, DEVICE_NIC */
    uint32_t domid;
    unsigned int id;
    const struct device_node *backend; /**< ends with a name of NULL */
    const struct device_node *front;
    /** Called within the transaction before anything is written: may refuse.  May be NULL. */
    int (*check)(struct hvctl *h, uint32_t transaction, const struct device_new *device);
    const void *opaque; /**< for check */
};

/**
 * Makes both folders in one transaction.
 * @return 0; -HVCTL_EXISTS: there is such a device; what check returns; a failure of the store.
 */
int device_add(struct hvctl *h, const struct device_new *device)
    __attribute__((warn_unused_result));

/** Removes both folders and waits until the kernel's back end has let go of all it held. */
int device_remove(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id)
    __attribute__((warn_unused_result));

/** Removes what a failed attach made; the failure's sentence stays. */
void device_undo(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id);

/**
 * Waits for the guest's front end to connect to a new device, if the guest runs at all.
 * @return 0; -HVCTL_TIMEOUT; -HVCTL_IO: the back end gave up (the sentence has its reason).
 */
int device_connect(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id)
    __attribute__((warn_unused_result));

/** Waits for a file of the kernel's to come or to go, up to ms. */
int device_await_file(struct hvctl *h, const char *path, bool present, unsigned int ms)
    __attribute__((warn_unused_result));

/** Identifiers of a guest's devices of a kind, by rising number; free() them. */
int device_ids(struct hvctl *h, uint32_t transaction, const char *kind, uint32_t domid,
               unsigned int **ids, size_t *count) __attribute__((warn_unused_result));

/** Fills in one device of a list. */
typedef int device_read_fn(struct hvctl *h, uint32_t domid, unsigned int id,
                           struct hvctl_device *device);

/** All devices of a kind, each read by a function; those that went meanwhile are left out. */
int device_list(struct hvctl *h, const char *kind, uint32_t domid, device_read_fn *read,
                struct hvctl_device **devices, size_t *count) __attribute__((warn_unused_result));

/**
 * Asks the guest to let go of a device and removes it then.
 * @param which  the device's name or number, or a card's MAC address.
 * @param force  removes it whatever the guest does.
 * @return 0; -HVCTL_NOT_FOUND; -HVCTL_TIMEOUT: the guest holds it still, and it is there still.
 */
int device_detach(struct hvctl *h, const char *kind, uint32_t domid, device_read_fn *read,
                  const char *which, bool force) __attribute__((warn_unused_result));

/** Reads a node of the back end's folder into text of a size, "" when there is none. */
int device_text(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id,
                const char *name, char *text, size_t size) __attribute__((warn_unused_result));

/** The state of the back end; 0 without one. */
unsigned int device_state(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id);

/**
 * Takes all devices of a guest at its end: call it while the guest is paused, before its memory
 * goes, so that the back ends unmap what they mapped of it.  It goes on after a failure.
 */
int devices_remove_all(struct hvctl *h, uint32_t domid) __attribute__((warn_unused_result));

/** A disk's number in XenStore from the guest's name for it ("xvda"); UINT_MAX: none such. */
unsigned int disk_number(const char *target);

/**
 * Could the disk, or the card, be attached as things are?  Nothing is changed.
 * @return 0, or what hvctl_disk_attach() would fail with.
 */
int disk_check(struct hvctl *h, const struct hvctl_disk *disk) __attribute__((warn_unused_result));
int nic_check(struct hvctl *h, const struct hvctl_nic *nic) __attribute__((warn_unused_result));

/**
 * A raw file as a block device, which is there for as long as somebody has it open.
 * @param fd      takes the open loop device.
 * @param device  takes its major and minor number.
 */
int loop_attach(struct hvctl *h, const char *path, bool readonly, int *fd, dev_t *device)
    __attribute__((warn_unused_result));

/** Gives a card a MAC address of its own, if it has none. */
int nic_choose_mac(struct hvctl *h, struct hvctl_nic *nic) __attribute__((warn_unused_result));

/** -HVCTL_NOT_FOUND: there is no such bridge. */
int bridge_check(struct hvctl *h, const char *bridge) __attribute__((warn_unused_result));

/** Gives an interface another name; it must be down. */
int interface_rename(struct hvctl *h, const char *from, const char *to)
    __attribute__((warn_unused_result));

/** Puts an interface into a bridge and sets it up. */
int bridge_join(struct hvctl *h, const char *bridge, const char *interface)
    __attribute__((warn_unused_result));

#endif
