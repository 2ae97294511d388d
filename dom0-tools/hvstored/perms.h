/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may do what with a node: a list, whose first entry names the owner (who may do all) and
 * what everybody else may; each further entry what one domain may. Lists never change; they are
 * shared by the nodes that inherited them.
 */
#ifndef HVSTORED_PERMS_H
#define HVSTORED_PERMS_H

#include "bytes.h"

#define PERM_NONE  0
#define PERM_READ  1
#define PERM_WRITE 2
#define PERM_BOTH  (PERM_READ | PERM_WRITE)

#define NO_DOMAIN 0xffffu /* a domid that no domain has */

struct perm {
    uint16_t domid;
    uint16_t mode; /* PERM_* */
};

struct perms {
    uint32_t refs;
    uint32_t count; /* 1 at least */
    struct perm list[];
};

/* A list of one entry, with one reference. NULL, here and below: there is no memory. */
struct perms *perms_new(uint16_t owner, uint16_t mode);
struct perms *perms_get(struct perms *perms);
void perms_put(struct perms *perms);

/*
 * Reads the form of the wire: a letter of n, r, w, b and a domid in decimal, each with a final 0.
 * Returns 0 and a new list, -EINVAL or -ENOMEM.
 */
int perms_parse(const char *text, size_t len, struct perms **out)
    __attribute__((warn_unused_result));
void perms_format(const struct perms *perms, struct bytes *out);

/* Whether a domain, alone or in the name of its target (or NO_DOMAIN), may do all of mode. */
bool perms_allow(const struct perms *perms, uint16_t domid, uint16_t target, uint16_t mode);
bool perms_same(const struct perms *a, const struct perms *b);
bool perms_name(const struct perms *perms, uint16_t domid);

/* The list with another owner, or without the entries of a domain that is no owner; a reference. */
struct perms *perms_with_owner(struct perms *perms, uint16_t owner);
struct perms *perms_without(struct perms *perms, uint16_t domid);
/* The same to the list itself, which nobody else may have. */
void perms_forget(struct perms *perms, uint16_t domid);

/* As a field of the journal. NULL: there is no memory, or the reader is bad. */
void perms_save(const struct perms *perms, struct bytes *out);
struct perms *perms_load(struct reader *reader);

#endif
