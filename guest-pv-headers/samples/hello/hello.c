/* SPDX-License-Identifier: MIT */
/*
 * hello: the smallest kernel: says where it is, and ends.
 *
 * Runs as a guest and as the control domain.
 */
#include <pv/guest.h>
#include <pv/memory.h>
#include <xen/version.h>

int guest_main(void)
{
    long version = HYPERVISOR_xen_version(XENVER_version, NULL);
    static xen_extraversion_t extra;

    HYPERVISOR_xen_version(XENVER_extraversion, extra);
    pv_printf("Hello from a %s of hypervisor %ld.%ld%s\n",
              pv_is_control_domain() ? "control domain" : "guest", version >> 16, version & 0xffff,
              extra);
    pv_printf("I have %lu KiB of memory, of which %lu KiB are free.\n", pv_start_info->nr_pages * 4,
              pv_pages_left() * 4);
    return 0;
}
