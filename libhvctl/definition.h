/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the definition's reader share: the document that is read, complaints that
 * name file and line, and the parsers of single values.
 *
 * definition_places.c decides which elements there may be, definition_guest.c and
 * definition_device.c what they mean, the schema has the last word (definition_schema.c).
 */
#ifndef LIBHVCTL_DEFINITION_H
#define LIBHVCTL_DEFINITION_H

#include <libxml/tree.h>

#include "internal.h"

#define DEFINITION_MAX_BYTES   (1u << 20)
#define DEFINITION_MAX_DEPTH   32
#define DEFINITION_NAME_MAX    63 /* bytes: struct hvctl_domain holds no more */
#define DEFINITION_CMDLINE_MAX 1023
#define DEFINITION_PATH_MAX    255
#define DEFINITION_VCPUS_MAX   128
#define DEFINITION_MIN_KIB     1024u
#define DEFINITION_MAX_KIB     (UINT64_C(16) << 30)
#define DEFINITION_PVGRUB      "/usr/lib/grub-xen/grub-x86_64-xen.bin"

/** A document that is being read; file is what messages call it. */
struct definition_reader {
    struct hvctl *h;
    const char *file;
    xmlDoc *document;
};

/**
 * Parses a text into a document, within the limits above and without any DTD.
 * @return 0, or a failure that is noted in the handle; freed by definition_unload().
 */
int definition_load(struct definition_reader *r, const char *text, size_t size);
void definition_unload(struct definition_reader *r);

/** Notes "file:line: sentence" in the handle; returns -HVCTL_INVALID. */
int definition_error(const struct definition_reader *r, const xmlNode *node, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

/** libxml2's handler of errors in this thread before, and what had failed then. */
struct definition_listening {
    xmlStructuredErrorFunc function;
    void *context;
    unsigned long failures;
};

/** From here on libxml2's errors are noted, not printed. */
struct definition_listening definition_listen(void);

/**
 * The handler there was is there again.
 * @return whether there was memory for all since: without, libxml2 says of much only that it is
 *         not there.
 */
bool definition_listened(const struct definition_listening *before);

/** For handlers of one's own in between: an error of libxml2's. */
void definition_note(const xmlError *error);

/** Notes that there is no memory; returns -HVCTL_NO_MEMORY. */
int definition_no_memory(const struct definition_reader *r);

/** The text of a child of parent into *text, free(); without the child it stays as it is. */
int definition_read_text(const struct definition_reader *r, const xmlNode *parent, const char *name,
                         char **text);

/** The first child element of that name, or NULL. */
xmlNode *definition_child(const xmlNode *parent, const char *name);

/** The next sibling that is an element, itself included; NULL at the end. */
xmlNode *definition_element(xmlNode *node);

/** Text of an element without the space around it; free(); NULL without memory. */
char *definition_text(const xmlNode *node);

/** Value of an attribute; free(); NULL: it is not there. */
char *definition_attribute(const xmlNode *node, const char *name);

/** A value as messages may show it: cut, without control characters.  Static ring of buffers. */
const char *definition_shown(const char *value);

/** Refuses what is not supported below root, an element that stands at path in a domain. */
int definition_check_places(const struct definition_reader *r, xmlNode *root, const char *path);

/** Refuses what the schema's pattern of that name does not match (its start, if NULL). */
int definition_check_schema(const struct definition_reader *r, const char *start);

/** The schema's text; made from schema/domain.rng by the build. */
extern const char definition_schema_text[];

int definition_read_guest(const struct definition_reader *r, xmlNode *root,
                          struct hvctl_definition *d);
int definition_read_tuning(const struct definition_reader *r, xmlNode *root,
                           struct hvctl_definition *d);
int definition_read_devices(const struct definition_reader *r, xmlNode *devices,
                            struct hvctl_definition *d);
int definition_read_disk(const struct definition_reader *r, xmlNode *node, struct hvctl_disk *disk);
int definition_read_nic(const struct definition_reader *r, xmlNode *node, struct hvctl_nic *nic);

/* ---- Values: pure functions; true when the whole text was of the form ------------------- */

bool value_unsigned(const char *text, uint64_t max, uint64_t *value);
bool value_signed(const char *text, int64_t *value);
bool value_uuid(const char *text, uint8_t uuid[16]);
bool value_mac(const char *text, uint8_t mac[6]);
/** "1-4,^3,6" */
bool value_cpuset(const char *text, struct hvctl_cpuset *set);
/** The same backwards; text has room for size bytes. */
void value_cpuset_format(const struct hvctl_cpuset *set, char *text, size_t size);
/** A number and libvirt's name of its unit (NULL: KiB), in KiB rounded up. */
bool value_size_kib(const char *number, const char *unit, uint64_t *kib);
/** Why a name can't be a guest's, or NULL when it can. */
const char *value_name_wrong(const char *name);
/** Whether it can be the name of a network interface. */
bool value_interface(const char *name);
/** Whether it is the name of a Xen disk, xvda, xvdb3. */
bool value_disk_target(const char *name);

#endif
