/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvctl without a hypervisor: domains and what is done to them.  hvctl_fake_host.c has the
 * rest.
 */
#include "hvctl_fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvctl_fake_inside.h"

char fake_calls[4096];

static struct {
    const char *function, *message;
    enum hvctl_status status;
} failure;

static const struct hvctl_domain domains[] = {
    {.domid = 0,
     .name = "Domain-0",
     .state = HVCTL_RUNNING,
     .memory_kib = 524288,
     .memory_max_kib = 524288,
     .cpu_time_ns = 12300000000,
     .vcpus_online = 1,
     .vcpus_max = 1},
    {.domid = 1,
     .name = "web",
     .uuid = {0x11},
     .state = HVCTL_RUNNING,
     .memory_kib = 65536,
     .memory_max_kib = 131072,
     .cpu_time_ns = 1500000000,
     .vcpus_online = 2,
     .vcpus_max = 2},
    {.domid = 2,
     .name = "db",
     .state = HVCTL_PAUSED,
     .memory_kib = 131072,
     .memory_max_kib = 131072,
     .vcpus_online = 1,
     .vcpus_max = 4},
    {.domid = 3,
     .state = HVCTL_CRASHED,
     .shutdown_reason = 3,
     .memory_kib = 32768,
     .memory_max_kib = 32768,
     .vcpus_online = 1,
     .vcpus_max = 1},
};

void fake_fail(const char *function, enum hvctl_status status, const char *message)
{
    failure.function = function;
    failure.status = status;
    failure.message = message;
}

void fake_reset(void)
{
    fake_calls[0] = '\0';
    fake_differences = 0;
    failure.function = NULL;
}

int fake_call(struct hvctl *h, const char *function, const char *format, ...)
{
    size_t used = strlen(fake_calls);
    va_list arguments;

    used += (size_t)snprintf(fake_calls + used, sizeof(fake_calls) - used, "%s%s", used ? "; " : "",
                             function);
    va_start(arguments, format);
    vsnprintf(fake_calls + used, sizeof(fake_calls) - used, format, arguments);
    va_end(arguments);
    if (failure.function && !strcmp(failure.function, function)) {
        failure.function = NULL;
        return hvctl_fail(h, failure.status, 0, "%s", failure.message);
    }
    return 0;
}

int hvctl_list(struct hvctl *h, struct hvctl_domain **list, size_t *count)
{
    int result = fake_call(h, "list", "%s", "");

    if (!result) {
        *list = malloc(sizeof(domains));
        memcpy(*list, domains, sizeof(domains));
        *count = sizeof(domains) / sizeof(*domains);
    }
    return result;
}

int hvctl_info(struct hvctl *h, uint32_t domid, struct hvctl_domain *domain)
{
    if (domid >= sizeof(domains) / sizeof(*domains)) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, 0, "there is no domain %u", domid);
    }
    *domain = domains[domid];
    return 0;
}

int hvctl_find(struct hvctl *h, const char *which, uint32_t *domid)
{
    for (uint32_t at = 0; at < sizeof(domains) / sizeof(*domains); at++) {
        char number[12];

        snprintf(number, sizeof(number), "%u", at);
        if (!strcmp(which, domains[at].name) || !strcmp(which, number)) {
            *domid = at;
            return 0;
        }
    }
    return hvctl_fail(h, HVCTL_NOT_FOUND, 0, "there is no guest called %s", which);
}

int hvctl_create(struct hvctl *h, const struct hvctl_definition *definition, unsigned int flags,
                 uint32_t *domid)
{
    *domid = 1;
    return fake_call(h, "create", " %s %llu KiB %s flags %u", definition->name,
                     (unsigned long long)definition->memory_kib, definition->kernel, flags);
}

int hvctl_definition_of(struct hvctl *h, uint32_t domid, struct hvctl_definition **definition)
{
    struct hvctl_definition *d = calloc(1, sizeof(*d));

    d->name = strdup(domains[domid].name);
    d->kernel = strdup("/boot/vmlinuz");
    d->memory_kib = d->current_kib = 65536;
    d->vcpus = d->vcpus_start = 1;
    *definition = d;
    return fake_call(h, "definition_of", " %u", domid);
}

int hvctl_destroy(struct hvctl *h, uint32_t domid)
{
    return fake_call(h, "destroy", " %u", domid);
}

int hvctl_shutdown(struct hvctl *h, uint32_t domid, enum hvctl_shutdown how, uint64_t wait_ns)
{
    return fake_call(h, "shutdown", " %u %d %llu", domid, (int)how, (unsigned long long)wait_ns);
}

int hvctl_pause(struct hvctl *h, uint32_t domid)
{
    return fake_call(h, "pause", " %u", domid);
}

int hvctl_unpause(struct hvctl *h, uint32_t domid)
{
    return fake_call(h, "unpause", " %u", domid);
}

int hvctl_rename(struct hvctl *h, uint32_t domid, const char *name)
{
    return fake_call(h, "rename", " %u %s", domid, name);
}

int hvctl_memory_set(struct hvctl *h, uint32_t domid, uint64_t kib)
{
    return fake_call(h, "memory_set", " %u %llu", domid, (unsigned long long)kib);
}

int hvctl_vcpus_set(struct hvctl *h, uint32_t domid, unsigned int count)
{
    return fake_call(h, "vcpus_set", " %u %u", domid, count);
}

int hvctl_vcpus(struct hvctl *h, uint32_t domid, struct hvctl_vcpu **vcpus, size_t *count)
{
    *count = domains[domid].vcpus_max;
    *vcpus = calloc(*count, sizeof(**vcpus));
    for (unsigned int at = 0; at < *count; at++) {
        struct hvctl_vcpu *v = &(*vcpus)[at];

        v->id = at;
        v->online = at < domains[domid].vcpus_online;
        v->blocked = true;
        v->hard.word[0] = 0xd;
        memset(&v->soft, 0xff, sizeof(v->soft));
    }
    return fake_call(h, "vcpus", " %u", domid);
}

int hvctl_vcpu_pin(struct hvctl *h, uint32_t domid, unsigned int vcpu,
                   const struct hvctl_cpuset *cpus)
{
    return fake_call(h, "vcpu_pin", " %u %d %llx.%llx", domid, (int)vcpu,
                     (unsigned long long)cpus->word[3], (unsigned long long)cpus->word[0]);
}

int hvctl_sched_get(struct hvctl *h, uint32_t domid, unsigned int *weight, unsigned int *cap)
{
    *weight = 256;
    *cap = domid == 1 ? 50 : 0;
    return fake_call(h, "sched_get", " %u", domid);
}

int hvctl_sched_set(struct hvctl *h, uint32_t domid, unsigned int weight, unsigned int cap)
{
    return fake_call(h, "sched_set", " %u %u %u", domid, weight, cap);
}

int hvctl_trigger(struct hvctl *h, uint32_t domid, const char *trigger, unsigned int vcpu)
{
    return fake_call(h, "trigger", " %u %s %u", domid, trigger, vcpu);
}

int hvctl_sysrq(struct hvctl *h, uint32_t domid, char letter)
{
    return fake_call(h, "sysrq", " %u %c", domid, letter);
}

int hvctl_uptime(struct hvctl *h, uint32_t domid, uint64_t *seconds)
{
    *seconds = 90061;
    return fake_call(h, "uptime", " %u", domid);
}

int hvctl_dump(struct hvctl *h, uint32_t domid, const char *path)
{
    return fake_call(h, "dump", " %u %s", domid, path);
}
