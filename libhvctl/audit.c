/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The audit: the hypervisor counts its references, and says what differs in words of its own.  The
 * names of the kinds of differences are those of <xen/mortise.h>.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/mortise.h>

#include "alloc.h"
#include "domain.h"

static const char *const kinds[MORTISE_AUDIT_NR_KINDS] = {
    [MORTISE_AUDIT_PAGE_REFS] = "page-refs",
    [MORTISE_AUDIT_TYPE_REFS] = "type-refs",
    [MORTISE_AUDIT_TYPE_STATE] = "type-state",
    [MORTISE_AUDIT_OWNER] = "owner",
    [MORTISE_AUDIT_M2P] = "m2p",
    [MORTISE_AUDIT_GRANT_REFS] = "grant-refs",
    [MORTISE_AUDIT_EVENTS] = "events",
    [MORTISE_AUDIT_MAPPINGS] = "mappings",
    [MORTISE_AUDIT_MAPTRACK] = "maptrack",
    [MORTISE_AUDIT_PIRQS] = "pirqs",
    [MORTISE_AUDIT_SCHEDULER] = "scheduler",
    [MORTISE_AUDIT_DOMAINS] = "domains",
    [MORTISE_AUDIT_WINDOWS] = "windows",
    [MORTISE_AUDIT_TEARDOWN] = "teardown",
};

int calls_mortise(struct hvctl *h)
{
    int error = calls_open(h);
    long version;

    if (error) {
        return error;
    }
    version = calls_plain(h, __HYPERVISOR_mortise_op, MORTISE_version, 0, 0, 0);
    if (version < 0) {
        return hvctl_fail(h, HVCTL_UNSUPPORTED, (int)-version,
                          "this hypervisor is not Mortise, and keeps no such records");
    }
    if (version != MORTISE_INTERFACE_VERSION) {
        return hvctl_fail(h, HVCTL_UNSUPPORTED, 0,
                          "the hypervisor speaks version %ld of its own calls, this library %d",
                          version, MORTISE_INTERFACE_VERSION);
    }
    return 0;
}

/* Only as many as the hypervisor wrote, whatever it says. */
static void describe(const struct mortise_difference *from, struct hvctl_difference *to)
{
    *to = (struct hvctl_difference){
        .domid = from->domid == DOMID_INVALID ? HVCTL_NO_DOMAIN : from->domid,
        .object = from->object,
        .recorded = from->recorded,
        .found = from->found,
    };
    if (from->kind < MORTISE_AUDIT_NR_KINDS && kinds[from->kind]) {
        snprintf(to->kind, sizeof(to->kind), "%s", kinds[from->kind]);
    } else {
        snprintf(to->kind, sizeof(to->kind), "kind %u", from->kind);
    }
    snprintf(to->words, sizeof(to->words), "%.*s", (int)sizeof(from->words) - 1, from->words);
}

static long call(struct hvctl *h, struct hvctl_audit *result, struct mortise_difference *list,
                 size_t *count)
{
    struct mortise_difference *room = calls_room(h, MORTISE_AUDIT_ROOM * sizeof(*room));
    struct mortise_audit op = {
        .interface_version = MORTISE_INTERFACE_VERSION,
        .count = MORTISE_AUDIT_ROOM,
        .buffer = {room},
    };
    long answer = calls_op(h, __HYPERVISOR_mortise_op, MORTISE_audit, &op, sizeof(op));

    if (answer >= 0) {
        *count = op.count < MORTISE_AUDIT_ROOM ? op.count : MORTISE_AUDIT_ROOM;
        memcpy(list, room, *count * sizeof(*list));
        *result = (struct hvctl_audit){
            .frames = op.frames_checked,
            .references = op.references,
            .differences = op.total,
            .pause_ns = op.time_ns,
        };
    }
    calls_done(h);
    return answer;
}

int hvctl_audit(struct hvctl *h, struct hvctl_audit *result, struct hvctl_difference **differences,
                size_t *count)
{
    struct mortise_difference list[MORTISE_AUDIT_ROOM];
    struct hvctl_difference *words = NULL;
    int error = calls_mortise(h);
    size_t described = 0;
    long answer;

    if (error) {
        return error;
    }
    if (differences && !(words = alloc_zeroed(MORTISE_AUDIT_ROOM, sizeof(*words)))) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    answer = call(h, result, list, &described);
    if (answer < 0) {
        free(words);
        return calls_fail(h, answer, "the hypervisor's references can't be counted");
    }
    if (differences) {
        for (size_t i = 0; i < described; i++) {
            describe(&list[i], &words[i]);
        }
        *differences = words;
        *count = described;
    }
    return 0;
}
