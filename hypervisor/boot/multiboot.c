/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the parsing of multiboot information. Lengths are the loader's word: nothing is read beyond
 * what the view grants.
 */
#include "boot/multiboot.h"
#include "lib/string.h"

#define MB1_HAS_TEXT    0x4
#define MB1_HAS_MODULES 0x8
#define MB1_HAS_MAP     0x40

struct mb1_info {
    uint32_t flags, mem_lower, mem_upper, boot_device, text, modules, modules_at;
    uint32_t symbols[4], map_bytes, map_at;
};

struct mb1_module {
    uint32_t start, end, text, reserved;
};

struct mb1_range {
    uint32_t size;
    uint64_t start, bytes;
    uint32_t type;
} __packed;

enum mb2_tag_type {
    MB2_END,
    MB2_TEXT = 1,
    MB2_MODULE = 3,
    MB2_MAP = 6,
    MB2_RSDP1 = 14,
    MB2_RSDP2 = 15
};

struct mb2_tag {
    uint32_t type, bytes;
};

struct mb2_range {
    uint64_t start, bytes;
    uint32_t type, reserved;
};

/* A text of at most `bytes` bytes, an ending zero or none: what of it can be seen and fits. */
static void text_take(const struct boot_view *v, uint64_t at, uint64_t bytes, char *to)
{
    const char *s;
    size_t n;

    for (n = 0; n < bytes && n + 1 < BOOT_TEXT; n++) {
        s = v->map(v->context, at + n, 1);
        if (!s || !*s)
            break;
        to[n] = *s;
    }
    to[n] = 0;
}

static bool range_take(const struct boot_view *v, uint64_t start, uint64_t bytes, uint32_t type)
{
    uint64_t end = start + bytes < start ? ~0UL : start + bytes;

    return v->memory(v->context, start, end, type);
}

static const char *module_take(struct boot_info *info, uint64_t start, uint64_t end,
                               struct boot_module **m)
{
    *m = NULL;
    if (start > end)
        return "the boot loader gives a module that ends before it starts";
    if (info->modules < BOOT_MODULES) {
        *m = &info->module[info->modules];
        (*m)->start = start;
        (*m)->end = end;
    }
    info->modules++;
    return NULL;
}

static const char *mb1_map(const struct mb1_info *mb, const struct boot_view *v)
{
    uint32_t at = 0;

    while (mb->map_bytes - at >= sizeof(struct mb1_range)) {
        const struct mb1_range *r = v->map(v->context, (uint64_t)mb->map_at + at, sizeof(*r));

        if (!r)
            return "the boot loader's memory map can't be read";
        if (!range_take(v, r->start, r->bytes, r->type))
            return "the boot loader's memory map has too many ranges";
        if (r->size < sizeof(*r) - 4 || r->size > mb->map_bytes - at - 4)
            break;
        at += r->size + 4;
    }
    return NULL;
}

static const char *mb1_modules(const struct mb1_info *mb, const struct boot_view *v,
                               struct boot_info *info)
{
    struct boot_module *to;
    const char *wrong;
    uint32_t i;

    for (i = 0; i < mb->modules && i < 64; i++) {
        const struct mb1_module *m =
            v->map(v->context, mb->modules_at + (uint64_t)i * sizeof(*m), sizeof(*m));

        if (!m)
            return "the boot loader's list of modules can't be read";
        wrong = module_take(info, m->start, m->end, &to);
        if (wrong)
            return wrong;
        if (to && m->text)
            text_take(v, m->text, BOOT_TEXT, to->text);
    }
    return NULL;
}

static const char *mb1_parse(uint32_t at, const struct boot_view *v, struct boot_info *info)
{
    const struct mb1_info *mb = v->map(v->context, at, sizeof(*mb));
    const char *wrong;

    if (!mb)
        return "the boot loader's information can't be read";
    if (!(mb->flags & MB1_HAS_MAP))
        return "the boot loader gives no memory map";
    wrong = mb1_map(mb, v);
    if (!wrong && mb->flags & MB1_HAS_MODULES)
        wrong = mb1_modules(mb, v, info);
    if (mb->flags & MB1_HAS_TEXT)
        text_take(v, mb->text, BOOT_TEXT, info->text);
    return wrong;
}

static const char *mb2_map(const struct boot_view *v, uint64_t at, uint32_t bytes)
{
    const uint32_t *head = v->map(v->context, at + 8, 8); /* size of an entry, version */
    uint32_t step, i;

    if (bytes < 16 || !head || head[0] < sizeof(struct mb2_range))
        return "the boot loader's memory map can't be read";
    step = head[0];
    for (i = 16; bytes - i >= step; i += step) {
        const struct mb2_range *r = v->map(v->context, at + i, sizeof(*r));

        if (!r)
            return "the boot loader's memory map can't be read";
        if (!range_take(v, r->start, r->bytes, r->type))
            return "the boot loader's memory map has too many ranges";
    }
    return NULL;
}

static const char *mb2_module(const struct boot_view *v, uint64_t at, uint32_t bytes,
                              struct boot_info *info)
{
    const uint32_t *m = v->map(v->context, at + 8, 8);
    struct boot_module *to;
    const char *wrong;

    if (bytes < 16 || !m)
        return "the boot loader's list of modules can't be read";
    wrong = module_take(info, m[0], m[1], &to);
    if (!wrong && to)
        text_take(v, at + 16, bytes - 16, to->text);
    return wrong;
}

static void mb2_rsdp(const struct boot_view *v, uint64_t at, uint32_t bytes, struct boot_info *info)
{
    uint32_t n = MIN(bytes - 8, (uint32_t)sizeof(info->rsdp));
    const void *p = bytes > 8 ? v->map(v->context, at + 8, n) : NULL;

    if (p && n > info->rsdp_bytes) { /* the newer one is longer */
        memcpy(info->rsdp, p, n);
        info->rsdp_bytes = n;
    }
}

static const char *mb2_parse(uint32_t at, const struct boot_view *v, struct boot_info *info)
{
    const uint32_t *total = v->map(v->context, at, 8);
    const char *wrong = NULL;
    bool map_seen = false;
    uint64_t i, end;

    if (!total)
        return "the boot loader's information can't be read";
    end = *total;
    for (i = 8; i + sizeof(struct mb2_tag) <= end && !wrong;) {
        const struct mb2_tag *t = v->map(v->context, at + i, sizeof(*t));

        if (!t || t->bytes < sizeof(*t) || t->bytes > end - i)
            return "the boot loader's information has a tag of impossible length";
        switch (t->type) {
        case MB2_END:
            return map_seen ? NULL : "the boot loader gives no memory map";
        case MB2_TEXT:
            text_take(v, at + i + 8, t->bytes - 8, info->text);
            break;
        case MB2_MODULE:
            wrong = mb2_module(v, at + i, t->bytes, info);
            break;
        case MB2_MAP:
            wrong = mb2_map(v, at + i, t->bytes);
            map_seen = true;
            break;
        case MB2_RSDP1:
        case MB2_RSDP2:
            mb2_rsdp(v, at + i, t->bytes, info);
            break;
        default: /* not for us */
            break;
        }
        i = ROUND_UP(i + t->bytes, 8);
    }
    return wrong ? wrong : map_seen ? NULL : "the boot loader gives no memory map";
}

const char *multiboot_parse(uint32_t magic, uint32_t at, const struct boot_view *view,
                            struct boot_info *info)
{
    memset(info, 0, sizeof(*info));
    if (magic == MULTIBOOT1_MAGIC)
        return mb1_parse(at, view, info);
    if (magic == MULTIBOOT2_MAGIC)
        return mb2_parse(at, view, info);
    return "started by something that is no multiboot loader";
}
