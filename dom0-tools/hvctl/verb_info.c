/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl info: all about the host or about one guest.
 */
#include "command.h"

#include <stdarg.h>
#include <stdlib.h>

static void line(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(const char *name, const char *format, ...)
{
    va_list arguments;

    printf("%-18s", name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

static int host_json(const struct hvctl_host *h)
{
    return json_print(json_pack("{s:i,s:i,s:i,s:i,s:i,s:I,s:I,s:I,s:I,s:s,s:o,s:o,s:o,s:o}", "cpus",
                                (int)h->cpus, "nodes", (int)h->nodes, "sockets", (int)h->sockets,
                                "cores_per_socket", (int)h->cores_per_socket, "threads_per_core",
                                (int)h->threads_per_core, "cpu_khz", (json_int_t)h->cpu_khz,
                                "memory_kib", (json_int_t)h->memory_kib, "free_kib",
                                (json_int_t)h->free_kib, "scrub_kib", (json_int_t)h->scrub_kib,
                                "version", version_text(h), "scheduler", json_text(h->scheduler),
                                "capabilities", json_text(h->capabilities), "changeset",
                                json_text(h->changeset), "compiler", json_text(h->compiler)),
                      JSON_INDENT(2));
}

static int host(struct command *c)
{
    struct hvctl_host h;
    int result = hvctl_host(c->h, &h);

    if (result || c->option['j']) {
        return result ? result : host_json(&h);
    }
    line("hypervisor", "%s", version_text(&h));
    line("built", "%s, compiler %s", *h.changeset ? h.changeset : "-",
         *h.compiler ? h.compiler : "-");
    line("capabilities", "%s", h.capabilities);
    line("scheduler", "%s", h.scheduler);
    line("CPUs", "%u (%u nodes, %u sockets, %u cores each, %u threads each)", h.cpus, h.nodes,
         h.sockets, h.cores_per_socket, h.threads_per_core);
    line("CPU clock", "%.3f MHz", (double)h.cpu_khz / 1000);
    line("memory", "%llu MiB", (unsigned long long)h.memory_kib / 1024);
    line("free memory", "%llu MiB", (unsigned long long)(h.free_kib + h.scrub_kib) / 1024);
    return 0;
}

static int guest_xml(struct command *c, uint32_t domid)
{
    struct hvctl_definition *d;
    char *text;
    int result = hvctl_definition_of(c->h, domid, &d);

    if (result) {
        return result;
    }
    result = hvctl_definition_format(c->h, d, &text);
    hvctl_definition_free(d);
    if (!result) {
        fputs(text, stdout);
        free(text);
    }
    return result;
}

static int guest(struct command *c, uint32_t domid)
{
    struct hvctl_domain d;
    unsigned int weight = 0, cap = 0;
    uint64_t seconds = 0;
    char uuid[37];
    bool ended;
    int result = hvctl_info(c->h, domid, &d);

    if (result) {
        return result;
    }
    ended = d.state == HVCTL_SHUTDOWN || d.state == HVCTL_CRASHED;
    result = hvctl_sched_get(c->h, domid, &weight, &cap);
    if (result) {
        return result;
    }
    if (domid && hvctl_uptime(c->h, domid, &seconds)) {
        seconds = 0; /* not known, as the store has no word of it */
    }
    if (c->option['j']) {
        return json_print(
            json_pack("{s:i,s:o,s:s,s:s,s:o,s:I,s:I,s:f,s:i,s:i,s:i,s:i,s:I}", "domid",
                      (int)d.domid, "name", json_text(guest_name(&d)), "uuid",
                      uuid_text(d.uuid, uuid), "state", state_name(d.state), "shutdown_reason",
                      ended ? json_string(reason_name(d.shutdown_reason)) : json_null(),
                      "memory_kib", (json_int_t)d.memory_kib, "memory_max_kib",
                      (json_int_t)d.memory_max_kib, "cpu_seconds", (double)d.cpu_time_ns / 1e9,
                      "vcpus", (int)d.vcpus_online, "vcpus_max", (int)d.vcpus_max, "weight",
                      (int)weight, "cap", (int)cap, "uptime_seconds", (json_int_t)seconds),
            JSON_INDENT(2));
    }
    line("name", "%s", guest_name(&d));
    line("domid", "%u", d.domid);
    line("uuid", "%s", uuid_text(d.uuid, uuid));
    line("state", "%s%s%s", state_name(d.state), ended ? ", " : "",
         ended ? reason_name(d.shutdown_reason) : "");
    line("memory", "%llu of %llu MiB", (unsigned long long)d.memory_kib / 1024,
         (unsigned long long)d.memory_max_kib / 1024);
    line("vCPUs", "%u of %u on line", d.vcpus_online, d.vcpus_max);
    line("CPU time", "%.1f s", (double)d.cpu_time_ns / 1e9);
    line("weight", "%u", weight);
    line("cap", cap ? "%u%% of a CPU" : "none", cap);
    if (domid) {
        line("uptime", "%llu s", (unsigned long long)seconds);
    }
    return 0;
}

int verb_info(struct command *c)
{
    uint32_t domid;
    int result;

    if (!c->argc) {
        return c->option['x'] ? complain(EXIT_USAGE, "--xml is about a guest: name one") : host(c);
    }
    result = guest_find(c, c->argv[0], &domid);
    if (result) {
        return result;
    }
    return c->option['x'] ? guest_xml(c, domid) : guest(c, domid);
}
