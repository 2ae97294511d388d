/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A definition as XML again.  What is written is read back to the same structure; a uuid or a MAC
 * address that was made stands in it like one that was given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlwriter.h>

#include "alloc.h"
#include "definition.h"

#define PERIOD 100000u

static const char *const action_names[] = {
    [HVCTL_ACTION_DESTROY] = "destroy",
    [HVCTL_ACTION_RESTART] = "restart",
    [HVCTL_ACTION_PRESERVE] = "preserve",
    [HVCTL_ACTION_RENAME_RESTART] = "rename-restart",
};

/* Failures stay in the buffer, which is then short of memory; they are asked for at the end. */
struct output {
    xmlTextWriter *writer;
    bool failed;
};

static void check(struct output *o, int result)
{
    o->failed |= result < 0;
}

static void begin(struct output *o, const char *name)
{
    check(o, xmlTextWriterStartElement(o->writer, BAD_CAST name));
}

static void end(struct output *o)
{
    check(o, xmlTextWriterEndElement(o->writer));
}

static void attribute(struct output *o, const char *name, const char *value)
{
    check(o, xmlTextWriterWriteAttribute(o->writer, BAD_CAST name, BAD_CAST value));
}

/* <name>text</name>, or nothing without a text. */
static void element(struct output *o, const char *name, const char *text)
{
    if (text) {
        check(o, xmlTextWriterWriteElement(o->writer, BAD_CAST name, BAD_CAST text));
    }
}

/* <name key="value"/>, or nothing without a value. */
static void leaf(struct output *o, const char *name, const char *key, const char *value)
{
    if (value) {
        begin(o, name);
        attribute(o, key, value);
        end(o);
    }
}

static void number(struct output *o, const char *name, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    element(o, name, text);
}

static void size(struct output *o, const char *name, uint64_t kib)
{
    begin(o, name);
    attribute(o, "unit", "KiB");
    check(o, xmlTextWriterWriteFormatString(o->writer, "%llu", (unsigned long long)kib));
    end(o);
}

static void write_uuid(struct output *o, const uint8_t *u)
{
    char text[37];

    snprintf(text, sizeof(text),
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
             u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
             u[15]);
    element(o, "uuid", text);
}

static void write_vcpus(struct output *o, const struct hvctl_definition *d)
{
    char text[1024];

    begin(o, "vcpu");
    if (d->vcpus_start != d->vcpus) {
        snprintf(text, sizeof(text), "%u", d->vcpus_start);
        attribute(o, "current", text);
    }
    if (d->cpuset_given) {
        value_cpuset_format(&d->cpuset, text, sizeof(text));
        attribute(o, "cpuset", text);
    }
    check(o, xmlTextWriterWriteFormatString(o->writer, "%u", d->vcpus));
    end(o);
}

static void write_os(struct output *o, const struct hvctl_definition *d)
{
    begin(o, "os");
    begin(o, "type");
    attribute(o, "arch", "x86_64");
    attribute(o, "machine", "xenpv");
    check(o, xmlTextWriterWriteString(o->writer, BAD_CAST "linux"));
    end(o);
    element(o, "kernel", d->kernel);
    element(o, "initrd", d->initrd);
    element(o, "cmdline", d->cmdline);
    end(o);
}

static void write_tuning(struct output *o, const struct hvctl_definition *d)
{
    char text[24];

    if (d->weight || d->cap) {
        begin(o, "cputune");
        if (d->weight) {
            number(o, "shares", d->weight);
        }
        if (d->cap) {
            number(o, "global_period", PERIOD);
            number(o, "global_quota", (uint64_t)d->cap * (PERIOD / 100));
        }
        end(o);
    }
    begin(o, "clock");
    if (d->clock_offset_s) {
        snprintf(text, sizeof(text), "%lld", (long long)d->clock_offset_s);
        attribute(o, "offset", "variable");
        attribute(o, "adjustment", text);
        attribute(o, "basis", d->clock_local ? "localtime" : "utc");
    } else {
        attribute(o, "offset", d->clock_local ? "localtime" : "utc");
    }
    end(o);
    element(o, "on_poweroff", action_names[d->on_poweroff]);
    element(o, "on_reboot", action_names[d->on_reboot]);
    element(o, "on_crash", action_names[d->on_crash]);
}

static void write_disk(struct output *o, const struct hvctl_disk *disk)
{
    bool block = disk->type == HVCTL_DISK_BLOCK;

    begin(o, "disk");
    attribute(o, "type", block ? "block" : "file");
    attribute(o, "device", "disk");
    leaf(o, "driver", "type", "raw");
    leaf(o, "source", block ? "dev" : "file", disk->source);
    begin(o, "target");
    attribute(o, "dev", disk->target);
    attribute(o, "bus", "xen");
    end(o);
    if (disk->readonly) {
        begin(o, "readonly");
        end(o);
    }
    end(o);
}

static void write_nic(struct output *o, const struct hvctl_nic *nic)
{
    char text[18];

    begin(o, "interface");
    attribute(o, "type", "bridge");
    leaf(o, "source", "bridge", nic->bridge);
    snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", nic->mac[0], nic->mac[1],
             nic->mac[2], nic->mac[3], nic->mac[4], nic->mac[5]);
    leaf(o, "mac", "address", nic->mac_given ? text : NULL);
    leaf(o, "target", "dev", nic->target);
    end(o);
}

static void write_devices(struct output *o, const struct hvctl_definition *d)
{
    begin(o, "devices");
    for (size_t at = 0; at < d->disk_count; at++) {
        write_disk(o, &d->disks[at]);
    }
    for (size_t at = 0; at < d->nic_count; at++) {
        write_nic(o, &d->nics[at]);
    }
    begin(o, "console");
    attribute(o, "type", "pty");
    leaf(o, "log", "file", d->console_log);
    end(o);
    end(o);
}

static void write_definition(struct output *o, const struct hvctl_definition *d)
{
    begin(o, "domain");
    attribute(o, "type", "xen");
    element(o, "name", d->name);
    if (d->uuid_given) {
        write_uuid(o, d->uuid);
    }
    element(o, "title", d->title);
    element(o, "description", d->description);
    if (d->metadata) {
        check(o, xmlTextWriterWriteRaw(o->writer, BAD_CAST d->metadata));
    }
    size(o, "memory", d->memory_kib);
    size(o, "currentMemory", d->current_kib);
    write_vcpus(o, d);
    write_os(o, d);
    write_tuning(o, d);
    write_devices(o, d);
    end(o);
}

int hvctl_definition_format(struct hvctl *h, const struct hvctl_definition *definition, char **text)
{
    struct definition_listening before = definition_listen();
    xmlBuffer *buffer = xmlBufferCreate();
    struct output o = {.writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL};
    char *made;

    if (!o.writer) {
        xmlBufferFree(buffer);
        definition_listened(&before);
        return hvctl_fail(h, HVCTL_NO_MEMORY, 0, "no memory to write the definition of %s",
                          definition->name);
    }
    check(&o, xmlTextWriterSetIndent(o.writer, 1));
    check(&o, xmlTextWriterSetIndentString(o.writer, BAD_CAST "  "));
    write_definition(&o, definition);
    check(&o, xmlTextWriterEndDocument(o.writer));
    xmlFreeTextWriter(o.writer);
    made = o.failed ? NULL : alloc_string((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    if (!definition_listened(&before) || !made) {
        free(made);
        return hvctl_fail(h, HVCTL_NO_MEMORY, 0, "no memory to write the definition of %s",
                          definition->name);
    }
    *text = made;
    return 0;
}
