/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of permissions: reading, writing and deciding. The form of the wire is checked strictly,
 * since what is stored is what guests see again.
 */
#include "perms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "nrwb"; /* by PERM_* */

static struct perms *perms_sized(uint32_t count)
{
    struct perms *perms = mem_alloc(sizeof(*perms) + count * sizeof(perms->list[0]));

    if (perms) {
        perms->refs = 1;
        perms->count = count;
    }
    return perms;
}

struct perms *perms_new(uint16_t owner, uint16_t mode)
{
    struct perms *perms = perms_sized(1);

    if (perms)
        perms->list[0] = (struct perm){owner, mode};
    return perms;
}

struct perms *perms_get(struct perms *perms)
{
    perms->refs++;
    return perms;
}

void perms_put(struct perms *perms)
{
    if (perms && --perms->refs == 0)
        free(perms);
}

static int perm_parse(const char *text, struct perm *perm)
{
    const char *letter = *text ? strchr(letters, *text) : NULL;
    unsigned long domid = 0;
    const char *digit = text + 1;

    if (!letter || !*digit)
        return -EINVAL;
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9')
            return -EINVAL;
        domid = domid * 10 + (unsigned long)(*digit - '0');
        if (domid >= NO_DOMAIN)
            return -EINVAL;
    }
    *perm = (struct perm){(uint16_t)domid, (uint16_t)(letter - letters)};
    return 0;
}

int perms_parse(const char *text, size_t len, struct perms **out)
{
    struct perms *perms;
    uint32_t count = 0;
    size_t i;

    if (!len || text[len - 1])
        return -EINVAL;
    for (i = 0; i < len; i++)
        count += !text[i];
    perms = perms_sized(count);
    if (!perms)
        return -ENOMEM;
    for (count = 0; count < perms->count; count++) {
        if (perm_parse(text, &perms->list[count])) {
            perms_put(perms);
            return -EINVAL;
        }
        text += strlen(text) + 1;
    }
    *out = perms;
    return 0;
}

void perms_format(const struct perms *perms, struct bytes *out)
{
    uint32_t i;

    for (i = 0; i < perms->count; i++)
        bytes_print(out, true, "%c%u", letters[perms->list[i].mode], perms->list[i].domid);
}

static uint16_t mode_of(const struct perms *perms, uint16_t domid)
{
    uint32_t i;

    if (domid == NO_DOMAIN)
        return PERM_NONE;
    if (perms->list[0].domid == domid)
        return PERM_BOTH;
    for (i = 1; i < perms->count; i++) {
        if (perms->list[i].domid == domid)
            return perms->list[i].mode;
    }
    return perms->list[0].mode;
}

bool perms_allow(const struct perms *perms, uint16_t domid, uint16_t target, uint16_t mode)
{
    return (mode_of(perms, domid) & mode) == mode || (mode_of(perms, target) & mode) == mode;
}

bool perms_same(const struct perms *a, const struct perms *b)
{
    return a == b ||
           (a->count == b->count && !memcmp(a->list, b->list, a->count * sizeof(a->list[0])));
}

bool perms_name(const struct perms *perms, uint16_t domid)
{
    uint32_t i;

    for (i = 0; i < perms->count; i++) {
        if (perms->list[i].domid == domid)
            return true;
    }
    return false;
}

struct perms *perms_with_owner(struct perms *perms, uint16_t owner)
{
    struct perms *other;

    if (perms->list[0].domid == owner)
        return perms_get(perms);
    other = perms_sized(perms->count);
    if (!other)
        return NULL;
    memcpy(other->list, perms->list, perms->count * sizeof(perms->list[0]));
    other->list[0].domid = owner;
    return other;
}

void perms_forget(struct perms *perms, uint16_t domid)
{
    uint32_t i, n = 1;

    for (i = 1; i < perms->count; i++) {
        if (perms->list[i].domid != domid)
            perms->list[n++] = perms->list[i];
    }
    perms->count = n;
}

struct perms *perms_without(struct perms *perms, uint16_t domid)
{
    struct perms *other = perms_sized(perms->count);

    if (other) {
        memcpy(other->list, perms->list, perms->count * sizeof(perms->list[0]));
        perms_forget(other, domid);
    }
    return other;
}

void perms_save(const struct perms *perms, struct bytes *out)
{
    bytes_add_block(out, perms->list, perms->count * sizeof(perms->list[0]));
}

struct perms *perms_load(struct reader *reader)
{
    size_t len;
    const uint8_t *at = read_block(reader, &len);
    struct perms *perms;
    uint32_t i;

    if (!at || !len || len % sizeof(perms->list[0])) {
        reader->bad = true;
        return NULL;
    }
    perms = perms_sized((uint32_t)(len / sizeof(perms->list[0])));
    if (!perms)
        return NULL;
    memcpy(perms->list, at, len);
    for (i = 0; i < perms->count; i++)
        perms->list[i].mode &= PERM_BOTH;
    return perms;
}
