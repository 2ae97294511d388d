/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of guests that end, by their definitions; and what running guests are asked for.
 */
#include <xen/sched.h>

#include "hvctl_guest.h"

static struct hvctl_definition wanted;
static struct hvctl_end last;
static char last_failure[512];
static unsigned int told_count;

static void told(void *opaque, const struct hvctl_end *end)
{
    (void)opaque;
    last = *end;
    snprintf(last_failure, sizeof(last_failure), "%s", end->failure ? end->failure : "");
    told_count++;
}

/* A host with one guest, which has ended. */
static struct hvctl *ended(unsigned int reason)
{
    char message[512];

    host_reset();
    set_kernel(&linux_kernel, PLAIN);
    host.definition = &wanted;
    EXPECT(create(&wanted, 0, message) == 0);
    host.domain[GUEST].ended = true;
    host.domain[GUEST].reason = reason;
    told_count = 0;
    memset(&last, 0, sizeof(last));
    return hvctl_open();
}

static void nothing_runs(void)
{
    for (unsigned int i = 1; i < HOST_DOMAINS; i++) {
        EXPECT(!host.domain[i].exists);
    }
    EXPECT(host_free_frames() == HOST_FRAMES - 1 && !host.wrong);
}

static void each_reason_has_its_policy(void)
{
    static const struct {
        unsigned int reason;
        enum hvctl_action poweroff, reboot, crash;
        bool restarts;
    } cases[] = {
        {SHUTDOWN_poweroff, HVCTL_ACTION_DESTROY, HVCTL_ACTION_RESTART, HVCTL_ACTION_RESTART,
         false},
        {SHUTDOWN_poweroff, HVCTL_ACTION_RESTART, HVCTL_ACTION_DESTROY, HVCTL_ACTION_DESTROY, true},
        {SHUTDOWN_reboot, HVCTL_ACTION_DESTROY, HVCTL_ACTION_RESTART, HVCTL_ACTION_DESTROY, true},
        {SHUTDOWN_reboot, HVCTL_ACTION_RESTART, HVCTL_ACTION_DESTROY, HVCTL_ACTION_RESTART, false},
        {SHUTDOWN_crash, HVCTL_ACTION_DESTROY, HVCTL_ACTION_DESTROY, HVCTL_ACTION_RESTART, true},
        {SHUTDOWN_crash, HVCTL_ACTION_RESTART, HVCTL_ACTION_RESTART, HVCTL_ACTION_DESTROY, false},
        {SHUTDOWN_watchdog, HVCTL_ACTION_DESTROY, HVCTL_ACTION_DESTROY, HVCTL_ACTION_RESTART, true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hvctl *h;

        wanted = definition();
        wanted.on_poweroff = cases[i].poweroff;
        wanted.on_reboot = cases[i].reboot;
        wanted.on_crash = cases[i].crash;
        h = ended(cases[i].reason);
        EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && told_count == 1 && !last.failure);
        EXPECT(last.domid == GUEST && !strcmp(last.name, "web"));
        EXPECT(last.shutdown_reason == cases[i].reason);
        if (cases[i].restarts) {
            /* The old number is free again on this host. */
            EXPECT(last.new_domid == GUEST && host.domain[GUEST].exists);
            EXPECT(!host.domain[GUEST].ended && !host.domain[GUEST].pause_count);
            EXPECT(hvctl_destroy(h, GUEST) == 0);
        } else {
            EXPECT(last.new_domid == HVCTL_NO_DOMAIN);
        }
        nothing_runs();
        hvctl_close(h);
    }
}

static void a_kept_guest_is_told_of_once(void)
{
    struct hvctl *h;

    wanted = definition();
    wanted.on_crash = HVCTL_ACTION_PRESERVE;
    h = ended(SHUTDOWN_crash);
    EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && told_count == 1);
    EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && told_count == 1);
    EXPECT(host.domain[GUEST].exists && host_node("/local/domain/1/name"));
    EXPECT(hvctl_destroy(h, GUEST) == 0);
    hvctl_close(h);
    nothing_runs();
}

static void a_guest_steps_aside_for_its_like(void)
{
    uint8_t uuid[16];
    struct hvctl *h;

    wanted = definition();
    wanted.on_crash = HVCTL_ACTION_RENAME_RESTART;
    wanted.uuid_given = true;
    memset(wanted.uuid, 0x77, sizeof(wanted.uuid));
    memcpy(uuid, wanted.uuid, sizeof(uuid));
    h = ended(SHUTDOWN_crash);
    EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && told_count == 1 && !last.failure);
    EXPECT(last.new_domid == 2 && !memcmp(host.domain[2].handle, uuid, sizeof(uuid)));
    EXPECT(memcmp(host.domain[1].handle, uuid, sizeof(uuid)));
    EXPECT(!strcmp(host_node("/local/domain/1/name"), "web-ended-1"));
    EXPECT(!strcmp(host_node("/local/domain/2/name"), "web"));
    EXPECT(hvctl_destroy(h, 1) == 0 && hvctl_destroy(h, 2) == 0);
    hvctl_close(h);
    nothing_runs();
}

static void a_guest_that_ends_at_once_is_not_started_for_ever(void)
{
    struct hvctl *h;
    unsigned int rounds = 0;

    wanted = definition();
    wanted.on_crash = HVCTL_ACTION_RESTART;
    h = ended(SHUTDOWN_crash);
    while (rounds < 20 && host.domain[GUEST].exists) {
        host.domain[GUEST].ended = true;
        host.domain[GUEST].reason = SHUTDOWN_crash;
        EXPECT(hvctl_ends_handle(h, told, NULL) == 0);
        rounds++;
    }
    EXPECT(rounds == 5 && strstr(last_failure, "5 times"));
    hvctl_close(h);
    nothing_runs();
}

static void a_failed_restart_says_why(void)
{
    struct hvctl *h;

    wanted = definition();
    wanted.on_reboot = HVCTL_ACTION_RESTART;
    h = ended(SHUTDOWN_reboot);
    wanted.kernel = (char *)"/gone";
    EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && told_count == 1);
    EXPECT(strstr(last_failure, "/gone") && last.new_domid == HVCTL_NO_DOMAIN);
    hvctl_close(h);
    nothing_runs();
}

static void others_guests_and_suspended_ones_are_left_alone(void)
{
    struct hvctl *h;

    wanted = definition();
    h = ended(SHUTDOWN_suspend);
    EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && !told_count && host.domain[GUEST].exists);
    host.domain[GUEST].reason = SHUTDOWN_poweroff;
    hvctl_store_remove(h, 0, "/libhvctl/1");
    EXPECT(hvctl_ends_handle(h, told, NULL) == 0 && !told_count && host.domain[GUEST].exists);
    EXPECT(hvctl_destroy(h, GUEST) == 0);
    hvctl_close(h);
    nothing_runs();
}

static unsigned int asked;

static bool stop(void *opaque)
{
    (void)opaque;
    return ++asked > 3;
}

static void the_monitor_looks_at_its_start(void)
{
    struct hvctl *h;

    wanted = definition();
    h = ended(SHUTDOWN_poweroff);
    asked = 0;
    EXPECT(hvctl_monitor_run(h, told, stop, NULL) == 0 && told_count == 1);
    hvctl_close(h);
    nothing_runs();
}

static void requests_reach_the_guest(void)
{
    struct hvctl *h;

    wanted = definition();
    h = ended(SHUTDOWN_poweroff);
    host.domain[GUEST].ended = false;
    EXPECT(hvctl_memory_set(h, GUEST, 4096) == 0);
    EXPECT(!strcmp(host_node("/local/domain/1/memory/target"), "4096"));
    EXPECT(host.domain[GUEST].max_kib == 4096 + 1024);
    EXPECT(hvctl_memory_set(h, GUEST, GUEST_KIB + 4) == -HVCTL_INVALID);
    EXPECT(hvctl_memory_set(h, GUEST, 12) == -HVCTL_INVALID);
    EXPECT(hvctl_memory_set(h, 5, 4096) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_vcpus_set(h, GUEST, 2) == 0);
    EXPECT(!strcmp(host_node("/local/domain/1/cpu/1/availability"), "online"));
    EXPECT(hvctl_vcpus_set(h, GUEST, 0) == -HVCTL_INVALID);
    EXPECT(hvctl_vcpus_set(h, GUEST, 3) == -HVCTL_INVALID);
    EXPECT(hvctl_sysrq(h, GUEST, 'h') == 0);
    EXPECT(!strcmp(host_node("/local/domain/1/control/sysrq"), "h"));
    EXPECT(hvctl_sysrq(h, GUEST, 7) == -HVCTL_INVALID);
    EXPECT(hvctl_trigger(h, GUEST, "nmi", 1) == 0);
    EXPECT(hvctl_trigger(h, GUEST, "nmi", 2) == -HVCTL_NOT_FOUND);
    EXPECT(hvctl_trigger(h, GUEST, "tickle", 0) == -HVCTL_INVALID);
    EXPECT(hvctl_shutdown(h, GUEST, HVCTL_REBOOT, 0) == 0);
    EXPECT(!strcmp(host_node("/local/domain/1/control/shutdown"), "reboot"));
    EXPECT(hvctl_shutdown(h, GUEST, HVCTL_HALT, 1000000) == -HVCTL_TIMEOUT);
    host.domain[GUEST].ended = true;
    EXPECT(hvctl_shutdown(h, GUEST, HVCTL_HALT, 1000000000000ULL) == 0);
    EXPECT(hvctl_shutdown(h, 0, HVCTL_HALT, 0) == -HVCTL_INVALID);
    EXPECT(hvctl_destroy(h, GUEST) == 0);
    hvctl_close(h);
    nothing_runs();
}

int main(void)
{
    RUN(each_reason_has_its_policy);
    RUN(a_kept_guest_is_told_of_once);
    RUN(a_guest_steps_aside_for_its_like);
    RUN(a_guest_that_ends_at_once_is_not_started_for_ever);
    RUN(a_failed_restart_says_why);
    RUN(others_guests_and_suspended_ones_are_left_alone);
    RUN(the_monitor_looks_at_its_start);
    RUN(requests_reach_the_guest);
    return UNIT_RESULT;
}
