/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's definition, from a file or a text, and its end.  First what may stand where
 * (definition_places.c), then what it means, then the schema: nothing is accepted that the
 * schema refuses.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "definition.h"

#define MAX_DEVICES 64

static int limit_devices(const struct definition_reader *r, xmlNode *devices)
{
    unsigned int count = 0;

    for (xmlNode *node = definition_element(devices->children); node;
         node = definition_element(node->next)) {
        if (++count > MAX_DEVICES) {
            return definition_error(r, node, "more than %d devices", MAX_DEVICES);
        }
    }
    return 0;
}

static int read_domain(const struct definition_reader *r, struct hvctl_definition *d)
{
    xmlNode *root = xmlDocGetRootElement(r->document);
    xmlNode *devices = definition_child(root, "devices");
    int result = devices ? limit_devices(r, devices) : 0;

    if (!result) {
        result = definition_check_places(r, root, "domain");
    }
    if (!result) {
        result = definition_read_guest(r, root, d);
    }
    if (!result && !xmlHasProp(root, BAD_CAST "type")) {
        result = definition_error(r, root, "<domain> has no type='xen'");
    }
    if (!result && devices) {
        result = definition_read_devices(r, devices, d);
    }
    return result ? result : definition_check_schema(r, NULL);
}

static _Thread_local bool xml_lacked_memory;

void definition_note(const xmlError *error)
{
    xml_lacked_memory |= error->code == XML_ERR_NO_MEMORY;
}

static void note(void *opaque, xmlErrorPtr error)
{
    (void)opaque;
    definition_note(error);
}

struct definition_listening definition_listen(void)
{
    struct definition_listening before = {xmlStructuredError, xmlStructuredErrorContext,
                                          alloc_failures()};

    xml_lacked_memory = false;
    xmlSetStructuredErrorFunc(NULL, note);
    return before;
}

bool definition_listened(const struct definition_listening *before)
{
    xmlSetStructuredErrorFunc(before->context, before->function);
    return !xml_lacked_memory && alloc_failures() == before->failures;
}

int hvctl_definition_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                           struct hvctl_definition **definition)
{
    struct definition_reader r = {.h = h, .file = name};
    struct definition_listening before = definition_listen();
    struct hvctl_definition *made = alloc_zeroed(1, sizeof(*made));
    int result;

    result = made ? definition_load(&r, text, size) : -HVCTL_NO_MEMORY;
    if (!result) {
        result = read_domain(&r, made);
        definition_unload(&r);
    }
    if (!definition_listened(&before)) { /* whatever was made of it, a part may be missing */
        result = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "%s: no memory to read it", name);
    }
    if (result) {
        hvctl_definition_free(made);
        return result;
    }
    *definition = made;
    return 0;
}

/* At most the limit and one byte, so that what is too large is seen to be so. */
static int read_all(struct hvctl *h, FILE *file, const char *name, char **text, size_t *size)
{
    *text = alloc_zeroed(1, DEFINITION_MAX_BYTES + 1);
    if (!*text) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "%s: no memory to read it", name);
    }
    *size = fread(*text, 1, DEFINITION_MAX_BYTES + 1, file);
    if (ferror(file)) {
        int error = errno;

        free(*text);
        return hvctl_fail(h, HVCTL_IO, error, "%s can't be read: %s", name, strerror(error));
    }
    return 0;
}

int hvctl_definition_read(struct hvctl *h, const char *path, struct hvctl_definition **definition)
{
    bool input = !strcmp(path, "-");
    const char *name = input ? "(standard input)" : path;
    FILE *file = input ? stdin : fopen(path, "re");
    char *text;
    size_t size = 0;
    int result;

    if (!file) {
        int error = errno;

        return hvctl_fail(h, error == ENOENT ? HVCTL_NOT_FOUND : HVCTL_IO, error,
                          "%s can't be opened: %s", path, strerror(error));
    }
    result = read_all(h, file, name, &text, &size);
    if (!input) {
        fclose(file);
    }
    if (!result) {
        result = hvctl_definition_parse(h, name, text, size, definition);
        free(text);
    }
    return result;
}

int hvctl_disk_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                     struct hvctl_disk *disk)
{
    struct definition_reader r = {.h = h, .file = name};
    struct hvctl_disk made = {0};
    int result = definition_load(&r, text, size);

    if (result) {
        return result;
    }
    result = definition_check_places(&r, xmlDocGetRootElement(r.document), "domain/devices/disk");
    if (!result) {
        result = definition_read_disk(&r, xmlDocGetRootElement(r.document), &made);
    }
    if (!result) {
        result = definition_check_schema(&r, "disk");
    }
    definition_unload(&r);
    if (result) {
        hvctl_disk_clear(&made);
        return result;
    }
    *disk = made;
    return 0;
}

int hvctl_nic_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                    struct hvctl_nic *nic)
{
    struct definition_reader r = {.h = h, .file = name};
    struct hvctl_nic made = {0};
    int result = definition_load(&r, text, size);

    if (result) {
        return result;
    }
    result =
        definition_check_places(&r, xmlDocGetRootElement(r.document), "domain/devices/interface");
    if (!result) {
        result = definition_read_nic(&r, xmlDocGetRootElement(r.document), &made);
    }
    if (!result) {
        result = definition_check_schema(&r, "interface");
    }
    definition_unload(&r);
    if (result) {
        hvctl_nic_clear(&made);
        return result;
    }
    *nic = made;
    return 0;
}

void hvctl_disk_clear(struct hvctl_disk *disk)
{
    free(disk->source);
    free(disk->target);
    memset(disk, 0, sizeof(*disk));
}

void hvctl_nic_clear(struct hvctl_nic *nic)
{
    free(nic->bridge);
    free(nic->target);
    memset(nic, 0, sizeof(*nic));
}

void hvctl_definition_free(struct hvctl_definition *d)
{
    if (!d) {
        return;
    }
    for (size_t at = 0; at < d->disk_count; at++) {
        hvctl_disk_clear(&d->disks[at]);
    }
    for (size_t at = 0; at < d->nic_count; at++) {
        hvctl_nic_clear(&d->nics[at]);
    }
    free(d->disks);
    free(d->nics);
    free(d->name);
    free(d->title);
    free(d->description);
    free(d->metadata);
    free(d->kernel);
    free(d->initrd);
    free(d->cmdline);
    free(d->console_log);
    free(d);
}
