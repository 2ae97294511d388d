/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug keys, as `hvctl debug-keys` presses them: what the hypervisor knows of channels and grants
 * comes out in its log, whatever state they are in, and changes nothing.
 */
#define __XEN_TOOLS__ 1
#include "harness.h"

#include <xen/sysctl.h>

static xen_sysctl_t op;
static char text[16384];

static long sysctl(unsigned int command)
{
    op.cmd = command;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_sysctl, &op);
}

/* Presses a key: what the log has from then on. */
static const char *press(char key)
{
    uint32_t index = 0;

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.readconsole.buffer, text);
    do { /* to the end, to begin there afterwards */
        op.u.readconsole.count = sizeof(text) - 1;
        op.u.readconsole.incremental = 1;
        op.u.readconsole.index = index;
        REQUIRE(sysctl(XEN_SYSCTL_readconsole) == 0);
        index = op.u.readconsole.index;
    } while (op.u.readconsole.count != 0);
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.debug_keys.keys, &key);
    op.u.debug_keys.nr_keys = 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_debug_keys), 0);
    memset(&op, 0, sizeof(op));
    memset(text, 0, sizeof(text));
    set_xen_guest_handle(op.u.readconsole.buffer, text);
    op.u.readconsole.count = sizeof(text) - 1;
    op.u.readconsole.incremental = 1;
    op.u.readconsole.index = index;
    EXPECT_EQ(sysctl(XEN_SYSCTL_readconsole), 0);
    return text;
}

TEST(keys_channels)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain both = {.remote_dom = DOMID_SELF};
    struct evtchn_bind_virq virq = {.virq = VIRQ_DEBUG};
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};
    struct evtchn_bind_pirq pirq = {.pirq = 9, .flags = BIND_PIRQ__WILL_SHARE};
    struct evtchn_send send;
    const char *log;

    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), 0);
    both.remote_port = unbound.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &both), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &virq), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi), 0);
    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &pirq), 0);
    port_mask(ipi.port, true);
    send.port = ipi.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
    log = press('e');
    EXPECT(text_has(log, "domain"));
    EXPECT(text_has(log, "port"));
    EXPECT(port_pending(ipi.port));
    EXPECT(port_masked(ipi.port));
    port_clear(ipi.port);
    for (unsigned int i = 0; i < 6; i++) {
        struct evtchn_close close = {.port = (uint32_t[]){both.remote_port, both.local_port,
                                                          unbound.port, virq.port, ipi.port,
                                                          pirq.port}[i]};

        EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    }
}

TEST(keys_grants)
{
    char *page = page_alloc(), *window = page_alloc();
    struct gnttab_map_grant_ref map = {
        .host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = 40};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = (uint64_t)window};
    const char *log;

    REQUIRE(va_set(window, 0) == 0);
    grant_set(40, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1), 0);
    EXPECT_EQ(map.status, GNTST_okay);
    log = press('g');
    EXPECT(text_has(log, "grant"));
    EXPECT(text_has(log, "map"));
    unmap.handle = map.handle;
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    grant_set(40, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* The others say something too, and a key that nobody has says nothing. */
TEST(keys_others)
{
    static const char keys[] = {'m', 'q', 'r'};

    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
        EXPECT(press(keys[i])[0] != 0);
    }
    press('~');
    EXPECT(!text_has(text, "domain"));
}
