/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host: what machine it is and which hypervisor runs it; the hypervisor's log and keys.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/version.h>

#include "alloc.h"
#include "domain.h"

#define LOG_PIECE 32768
#define LOG_LIMIT (16 << 20) /* bytes; more than any hypervisor keeps */
#define KEYS      256        /* at most, at once */

static const char *scheduler_name(uint32_t id)
{
    switch (id) {
    case XEN_SCHEDULER_CREDIT:
        return "credit";
    case XEN_SCHEDULER_CREDIT2:
        return "credit2";
    case XEN_SCHEDULER_ARINC653:
        return "arinc653";
    case XEN_SCHEDULER_RTDS:
        return "rtds";
    case XEN_SCHEDULER_NULL:
        return "null";
    default:
        return "unknown";
    }
}

static int take_physical(struct hvctl *h, struct hvctl_host *host)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo}, which = {.cmd = XEN_SYSCTL_sched_id};
    const struct xen_sysctl_physinfo *info = &op.u.physinfo;
    long result = calls_sysctl(h, &op);
    unsigned int in_socket;

    if (result < 0) {
        return calls_fail(h, result, "the host can't be looked at");
    }
    host->cpus = info->nr_cpus;
    host->cores_per_socket = info->cores_per_socket;
    host->threads_per_core = info->threads_per_core;
    in_socket = info->cores_per_socket * info->threads_per_core;
    host->sockets = in_socket ? (info->nr_cpus + in_socket - 1) / in_socket : 0;
    host->nodes = info->nr_nodes;
    host->memory_kib = info->total_pages * 4;
    host->free_kib = info->free_pages * 4;
    host->scrub_kib = info->scrub_pages * 4;
    host->cpu_khz = info->cpu_khz;
    result = calls_sysctl(h, &which);
    snprintf(host->scheduler, sizeof(host->scheduler), "%s",
             result < 0 ? "unknown" : scheduler_name(which.u.sched_id.sched_id));
    return 0;
}

/* A text of the hypervisor's, which may lack its end. */
static int take_text(struct hvctl *h, unsigned int command, char *to, size_t size, size_t length)
{
    char text[1024 + 1] = "";
    long result = calls_op(h, __HYPERVISOR_xen_version, command, text, length);

    if (result < 0) {
        return calls_fail(h, result, "the hypervisor's version can't be read");
    }
    text[length] = 0;
    snprintf(to, size, "%s", text);
    return 0;
}

static int take_version(struct hvctl *h, struct hvctl_host *host)
{
    struct xen_compile_info compiled;
    long version = calls_plain(h, __HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);
    int error;

    if (version < 0) {
        return calls_fail(h, version, "the hypervisor's version can't be read");
    }
    host->version_major = (unsigned int)version >> 16;
    host->version_minor = (unsigned int)version & 0xffff;
    error = take_text(h, XENVER_extraversion, host->extra, sizeof(host->extra),
                      sizeof(xen_extraversion_t));
    if (!error) {
        error = take_text(h, XENVER_capabilities, host->capabilities, sizeof(host->capabilities),
                          sizeof(xen_capabilities_info_t));
    }
    if (!error) {
        error = take_text(h, XENVER_changeset, host->changeset, sizeof(host->changeset),
                          sizeof(xen_changeset_info_t));
    }
    if (!error) {
        long result =
            calls_op(h, __HYPERVISOR_xen_version, XENVER_compile_info, &compiled, sizeof(compiled));

        if (result >= 0) {
            snprintf(host->compiler, sizeof(host->compiler), "%.*s", (int)sizeof(compiled.compiler),
                     compiled.compiler);
        }
    }
    return error;
}

int hvctl_host(struct hvctl *h, struct hvctl_host *host)
{
    struct hvctl_host now = {0};
    int error = calls_open(h);

    if (!error) {
        error = take_physical(h, &now);
    }
    if (!error) {
        error = take_version(h, &now);
    }
    if (!error) {
        *host = now;
    }
    return error;
}

/* One piece of the log from *index on; returns its bytes, 0 at the end. */
static long read_piece(struct hvctl *h, uint32_t *index, char *to, bool clear)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_readconsole};
    char *buffer = calls_room(h, LOG_PIECE);
    long result;

    op.u.readconsole.clear = clear;
    op.u.readconsole.incremental = !clear;
    op.u.readconsole.index = *index;
    op.u.readconsole.buffer.p = buffer;
    op.u.readconsole.count = clear ? 0 : LOG_PIECE;
    result = calls_sysctl(h, &op);
    if (result >= 0 && !clear) {
        result = op.u.readconsole.count;
        memcpy(to, buffer, (size_t)result);
        *index = op.u.readconsole.index;
    }
    calls_done(h);
    return result;
}

int hvctl_dmesg(struct hvctl *h, bool clear, char **text)
{
    char *all = NULL, *more;
    size_t size = 0;
    uint32_t index = 0;
    long got = 1;
    int error = calls_open(h);

    while (!error && got > 0 && size < LOG_LIMIT) {
        more = alloc_again(all, size + LOG_PIECE + 1);
        if (!more) {
            error = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
            break;
        }
        all = more;
        got = read_piece(h, &index, all + size, false);
        if (got < 0) {
            error = calls_fail(h, got, "the hypervisor's log can't be read");
        } else {
            size += (size_t)got;
        }
    }
    if (!error && clear) {
        got = read_piece(h, &index, NULL, true);
        error = got < 0 ? calls_fail(h, got, "the hypervisor's log can't be cleared") : 0;
    }
    if (error) {
        free(all);
        return error;
    }
    all[size] = 0;
    *text = all;
    return 0;
}

int hvctl_debug_keys(struct hvctl *h, const char *keys)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_debug_keys};
    size_t count = strlen(keys);
    char *buffer;
    long result;
    int error = calls_open(h);

    if (error) {
        return error;
    }
    if (!count || count > KEYS) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "1 to %d keys can be sent at once, not %zu", KEYS,
                          count);
    }
    buffer = calls_room(h, count);
    memcpy(buffer, keys, count);
    op.u.debug_keys.keys.p = buffer;
    op.u.debug_keys.nr_keys = (uint32_t)count;
    result = calls_sysctl(h, &op);
    calls_done(h);
    return result < 0 ? calls_fail(h, result, "the hypervisor does not take keys") : 0;
}
