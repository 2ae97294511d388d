/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a definition says of the guest itself: name, memory, vCPUs, kernel.  Elements that may
 * not be there were refused before.  How it runs is definition_tuning.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "definition.h"

int definition_no_memory(const struct definition_reader *r)
{
    return hvctl_fail(r->h, HVCTL_NO_MEMORY, 0, "%s: no memory to read it", r->file);
}

int definition_read_text(const struct definition_reader *r, const xmlNode *parent, const char *name,
                         char **text)
{
    const xmlNode *node = definition_child(parent, name);

    if (!node) {
        return 0;
    }
    *text = definition_text(node);
    return *text ? 0 : definition_no_memory(r);
}

static int read_name(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *node = definition_child(root, "name");
    const char *wrong;
    int result;

    if (!node) {
        return definition_error(r, root, "<domain> has no <name>");
    }
    result = definition_read_text(r, root, "name", &d->name);
    if (result) {
        return result;
    }
    wrong = value_name_wrong(d->name);
    return wrong ? definition_error(r, node, "\"%s\" can't be a guest's name: %s",
                                    definition_shown(d->name), wrong)
                 : 0;
}

static int read_uuid(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *node = definition_child(root, "uuid");
    char *text = NULL;
    int result = definition_read_text(r, root, "uuid", &text);

    if (!result && text) {
        d->uuid_given = value_uuid(text, d->uuid);
        if (!d->uuid_given) {
            result = definition_error(r, node, "\"%s\" is no uuid; it has 32 hexadecimal digits",
                                      definition_shown(text));
        }
    }
    free(text);
    return result;
}

static int read_size(const struct definition_reader *r, const xmlNode *node, uint64_t *kib)
{
    char *text = definition_text(node), *unit = definition_attribute(node, "unit");
    int result = 0;

    if (!text) {
        result = definition_no_memory(r);
    } else if (!value_size_kib(text, unit, kib)) {
        result = definition_error(r, node,
                                  "<%s>: \"%s\" %s is no size; write a whole number and "
                                  "unit= KiB, MiB or GiB",
                                  node->name, definition_shown(text),
                                  definition_shown(unit ? unit : "KiB"));
    }
    free(text);
    free(unit);
    return result;
}

static int read_memory(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *most = definition_child(root, "memory");
    const xmlNode *now = definition_child(root, "currentMemory");
    int result;

    if (!most) {
        return definition_error(r, root, "<domain> has no <memory>");
    }
    result = read_size(r, most, &d->memory_kib);
    d->current_kib = d->memory_kib;
    if (!result && now) {
        result = read_size(r, now, &d->current_kib);
    }
    if (result) {
        return result;
    }
    if (d->memory_kib > DEFINITION_MAX_KIB) {
        return definition_error(r, most, "<memory> is more than a PV guest can have (16 TiB)");
    }
    if (d->current_kib < DEFINITION_MIN_KIB) {
        return definition_error(r, now ? now : most,
                                "<%s> is less than 1 MiB; its unit is KiB "
                                "unless unit= says otherwise",
                                (now ? now : most)->name);
    }
    return d->current_kib <= d->memory_kib
               ? 0
               : definition_error(r, now, "<currentMemory> is more than <memory>");
}

static int read_vcpus_of(const struct definition_reader *r, const xmlNode *node,
                         struct hvctl_definition *d, char *text, char *current)
{
    uint64_t most, start;

    if (!text) {
        return definition_no_memory(r);
    }
    if (!value_unsigned(text, DEFINITION_VCPUS_MAX, &most) || !most) {
        return definition_error(r, node, "<vcpu>: \"%s\" is not 1 to %d", definition_shown(text),
                                DEFINITION_VCPUS_MAX);
    }
    start = most;
    if (current && (!value_unsigned(current, most, &start) || !start)) {
        return definition_error(r, node, "<vcpu>: current=\"%s\" is not 1 to %u",
                                definition_shown(current), (unsigned int)most);
    }
    d->vcpus = (unsigned int)most;
    d->vcpus_start = (unsigned int)start;
    return 0;
}

static int read_vcpus(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *node = definition_child(root, "vcpu");
    char *text, *current, *cpuset, *placement;
    int result;

    d->vcpus = d->vcpus_start = 1;
    if (!node) {
        return 0;
    }
    text = definition_text(node);
    current = definition_attribute(node, "current");
    cpuset = definition_attribute(node, "cpuset");
    placement = definition_attribute(node, "placement");
    result = read_vcpus_of(r, node, d, text, current);
    if (!result && placement && strcmp(placement, "static")) {
        result = definition_error(r, node,
                                  "<vcpu>: placement=\"%s\" is not supported, only "
                                  "\"static\"",
                                  definition_shown(placement));
    }
    if (!result && cpuset) {
        d->cpuset_given = value_cpuset(cpuset, &d->cpuset);
        if (!d->cpuset_given) {
            result = definition_error(r, node,
                                      "<vcpu>: cpuset=\"%s\" is no set of CPUs 0 to 255, "
                                      "such as \"0-3,^2\"",
                                      definition_shown(cpuset));
        }
    }
    free(text);
    free(current);
    free(cpuset);
    free(placement);
    return result;
}

/* A path below os; it stays NULL when it is not there. */
static int read_path(const struct definition_reader *r, const xmlNode *os, const char *name,
                     char **path)
{
    int result = definition_read_text(r, os, name, path);

    if (!result && *path && (**path != '/' || strlen(*path) > DEFINITION_PATH_MAX || !(*path)[1])) {
        result = definition_error(r, definition_child(os, name),
                                  "<%s>: \"%s\" is no absolute path"
                                  " of a file",
                                  name, definition_shown(*path));
    }
    return result;
}

static int check_attribute(const struct definition_reader *r, const xmlNode *node, const char *name,
                           const char *wanted)
{
    char *value = definition_attribute(node, name);
    int result = 0;

    if (value && strcmp(value, wanted)) {
        result = definition_error(r, node, "<%s>: %s=\"%s\" is not supported, only \"%s\"",
                                  node->name, name, definition_shown(value), wanted);
    }
    free(value);
    return result;
}

static int read_os_type(const struct definition_reader *r, const xmlNode *os)
{
    const xmlNode *node = definition_child(os, "type");
    char *text = NULL;
    int result = definition_read_text(r, os, "type", &text);

    if (!result && text && strcmp(text, "linux") && strcmp(text, "xen")) {
        result = definition_error(r, node,
                                  "<type>: \"%s\" guests are not supported, only \"linux\""
                                  " (paravirtualised)",
                                  definition_shown(text));
    }
    free(text);
    if (!result && node) {
        result = check_attribute(r, node, "arch", "x86_64");
    }
    if (!result && node) {
        result = check_attribute(r, node, "machine", "xenpv");
    }
    return result;
}

static int read_os(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *os = definition_child(root, "os");
    int result;

    if (!os) {
        return 0;
    }
    result = read_os_type(r, os);
    if (!result) {
        result = read_path(r, os, "kernel", &d->kernel);
    }
    if (!result) {
        result = read_path(r, os, "initrd", &d->initrd);
    }
    if (!result) {
        result = definition_read_text(r, os, "cmdline", &d->cmdline);
    }
    if (!result && d->cmdline && strlen(d->cmdline) > DEFINITION_CMDLINE_MAX) {
        result = definition_error(r, definition_child(os, "cmdline"),
                                  "<cmdline> has more than %d bytes", DEFINITION_CMDLINE_MAX);
    }
    return result;
}

/* <bootloader>pvgrub</bootloader> stands for the kernel PV GRUB; any other is refused. */
static int read_bootloader(const struct definition_reader *r, xmlNode *root,
                           struct hvctl_definition *d)
{
    const xmlNode *node = definition_child(root, "bootloader");
    char *text = NULL;
    int result = definition_read_text(r, root, "bootloader", &text);

    if (!result && text && strcmp(text, "pvgrub")) {
        result = definition_error(r, node,
                                  "the boot loader \"%s\" would read the guest's disk in "
                                  "the control domain, which is not supported; use <bootloader>"
                                  "pvgrub</bootloader>",
                                  definition_shown(text));
    } else if (!result && text && d->kernel) {
        result = definition_error(r, node, "<bootloader> and <kernel> exclude each other");
    } else if (!result && text) {
        d->kernel = alloc_string(DEFINITION_PVGRUB);
        result = d->kernel ? 0 : definition_no_memory(r);
    }
    free(text);
    if (!result && !d->kernel) {
        return definition_error(r, root,
                                "the guest has no kernel; give <os> a <kernel>, or use "
                                "<bootloader>pvgrub</bootloader> for the one on its own disk");
    }
    d->pvgrub = d->kernel && !strcmp(d->kernel, DEFINITION_PVGRUB);
    return result;
}

/* The element's XML.  A copy carries along the namespaces that are declared above it. */
static char *dump_element(const xmlNode *node)
{
    xmlNode *copy = xmlCopyNode((xmlNode *)node, 1);
    xmlBuffer *buffer = xmlBufferCreate();
    char *text = NULL;

    if (copy && buffer && xmlNodeDump(buffer, NULL, copy, 0, 0) >= 0) {
        text = alloc_string((const char *)xmlBufferContent(buffer));
    }
    xmlBufferFree(buffer);
    xmlFreeNode(copy);
    return text;
}

static int read_words(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *metadata = definition_child(root, "metadata");
    int result = definition_read_text(r, root, "title", &d->title);

    if (!result) {
        result = definition_read_text(r, root, "description", &d->description);
    }
    if (result || !metadata) {
        return result;
    }
    d->metadata = dump_element(metadata);
    return d->metadata ? 0 : definition_no_memory(r);
}

int definition_read_guest(const struct definition_reader *r, xmlNode *root,
                          struct hvctl_definition *d)
{
    static int (*const steps[])(const struct definition_reader *, xmlNode *,
                                struct hvctl_definition *) = {
        read_name, read_uuid, read_words, read_memory, read_vcpus, read_os, read_bootloader,
    };
    int result = check_attribute(r, root, "type", "xen");

    for (size_t at = 0; !result && at < sizeof(steps) / sizeof(*steps); at++) {
        result = steps[at](r, root, d);
    }
    return result ? result : definition_read_tuning(r, root, d);
}
