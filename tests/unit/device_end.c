/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a device whose back end, Linux, was about to connect: it writes nodes anew that were
 * removed, and keeps the device for as long as there are any.  Its part is played in access(),
 * which is how the library looks whether the device is still there.
 */
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "store_fake.h"
#include "unit.h"

#define BACKEND "/local/domain/0/backend/vbd/1"
#define DEVICE  BACKEND "/51712"

static struct hvctl *h;
static unsigned int looks, late_at;
static bool there;

int hvctl_info(struct hvctl *handle, uint32_t domid, struct hvctl_domain *domain)
{
    (void)domain;
    return hvctl_fail(handle, HVCTL_NOT_FOUND, 0, "nobody asks for domain %u", domid);
}

/* The kernel: at each look it does a piece of its work. */
int access(const char *path, int mode)
{
    (void)mode;
    if (!strstr(path, "/devices/vbd-1-51712")) {
        return -1;
    }
    looks++;
    if (looks == late_at) {
        fake_set(BACKEND, ""); /* the folders come with it */
        fake_set(DEVICE, "");
        fake_set(DEVICE "/sectors", "8");
    } else if (looks > late_at && !fake_node(DEVICE "/sectors") && !fake_node(DEVICE "/state")) {
        there = false;
    }
    return there ? 0 : -1;
}

static void begin(unsigned int late)
{
    fake_start();
    h = hvctl_open();
    looks = 0;
    late_at = late;
    there = true;
    fake_set("/local", "");
    fake_set(BACKEND, "");
    fake_set(DEVICE, "");
    fake_set(DEVICE "/state", "2");
    fake_set("/local/domain/1/device/vbd/51712", "");
    fake_set("/local/domain/0/error/backend/vbd/1", "");
    fake_set("/local/domain/0/error/backend/vbd/1/51712", "");
}

static void end(void)
{
    EXPECT(!there);
    EXPECT(!fake_node(DEVICE "/sectors") && !fake_node(DEVICE "/state"));
    EXPECT(!fake_node("/local/domain/1/device/vbd/51712"));
    EXPECT(!fake_node("/local/domain/0/error/backend/vbd/1/51712"));
    hvctl_close(h);
    fake_stop(true);
}

static void a_device_that_lets_go(void)
{
    begin(0);
    EXPECT(!device_remove(h, DEVICE_DISK, 1, 51712));
    end();
}

static void a_device_that_connects_at_its_end(void)
{
    begin(3);
    EXPECT(!device_remove(h, DEVICE_DISK, 1, 51712));
    end();
}

static void all_devices_of_a_guest(void)
{
    begin(2);
    EXPECT(!devices_remove_all(h, 1));
    EXPECT(!fake_node(BACKEND));
    end();
}

int main(void)
{
    RUN(a_device_that_lets_go);
    RUN(a_device_that_connects_at_its_end);
    RUN(all_devices_of_a_guest);
    return UNIT_RESULT;
}
