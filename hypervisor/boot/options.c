/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of options. Pure.
 */
#include "boot/options.h"
#include "lib/string.h"

static bool set_text(char *to, size_t size, const char *value)
{
    return *value && strlen(value) < size && strlcpy(to, value, size);
}

static bool set_number(unsigned int *to, const char *value, uint64_t min, uint64_t max)
{
    const char *end;
    uint64_t v;

    if (!parse_u64(value, &end, 0, &v) || *end || v < min || v > max)
        return false;
    *to = (unsigned int)v;
    return true;
}

static bool set_console(struct options *o, const char *value)
{
    if (strcmp(value, "com1") && strcmp(value, "com2") && strcmp(value, "none"))
        return false;
    return set_text(o->console, sizeof(o->console), value);
}

static bool set_com1(struct options *o, const char *value)
{
    return set_text(o->com1, sizeof(o->com1), value);
}

/*
 * Parts with commas between: SIZE, min:SIZE, max:SIZE; a size has a suffix K, M, G or T, or is in
 * KiB.
 */
static bool set_dom0_mem(struct options *o, const char *value)
{
    while (*value) {
        uint64_t *to = &o->dom0_mem;

        if (!strncmp(value, "min:", 4) || !strncmp(value, "max:", 4)) {
            to = value[1] == 'i' ? &o->dom0_mem_min : &o->dom0_mem_max;
            value += 4;
        }
        if (!parse_size(value, &value, 1024, to) || !*to || (*value && *value != ','))
            return false;
        if (*value == ',' && !*++value)
            return false;
    }
    return o->dom0_mem || o->dom0_mem_min || o->dom0_mem_max;
}

static bool set_dom0_max_vcpus(struct options *o, const char *value)
{
    return set_number(&o->dom0_max_vcpus, value, 1, 128);
}

static bool set_maxcpus(struct options *o, const char *value)
{
    return set_number(&o->maxcpus, value, 1, 65535);
}

static bool set_loglvl(struct options *o, const char *value)
{
    static const char *const names[] = {"error", "warning", "info", "debug", "none", "all"};
    static const uint8_t levels[] = {0, 1, 2, 3, 0, 3};
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(value, names[i])) {
            o->loglvl = levels[i];
            return true;
        }
    }
    return false;
}

/*
 * There is one scheduler; the names that administrators know for "weights and caps" are accepted.
 */
static bool set_sched(struct options *o, const char *value)
{
    (void)o;
    return !strcmp(value, "credit") || !strcmp(value, "credit2") || !strcmp(value, "mortise");
}

static bool set_noreboot(struct options *o, const char *value)
{
    if (*value)
        return false;
    o->noreboot = true;
    return true;
}

static bool set_audit(struct options *o, const char *value)
{
    o->audit_at_end = !strcmp(value, "end");
    return o->audit_at_end;
}

static bool set_on_off(bool *off, const char *value)
{
    if (strcmp(value, "off") && strcmp(value, "on"))
        return false;
    *off = value[1] == 'f';
    return true;
}

static bool set_mitigations(struct options *o, const char *value)
{
    return set_on_off(&o->mitigations_off, value);
}

static bool set_smap(struct options *o, const char *value)
{
    return set_on_off(&o->smap_off, value);
}

static bool set_smep(struct options *o, const char *value)
{
    return set_on_off(&o->smep_off, value);
}

static const struct option {
    const char *name;
    bool (*set)(struct options *o, const char *value);
    bool fatal; /* a bad value stops the boot */
} options[] = {
    {"console", set_console, false},  {"com1", set_com1, false},
    {"dom0_mem", set_dom0_mem, true}, {"dom0_max_vcpus", set_dom0_max_vcpus, false},
    {"maxcpus", set_maxcpus, false},  {"loglvl", set_loglvl, false},
    {"sched", set_sched, false},      {"noreboot", set_noreboot, false},
    {"audit", set_audit, false},      {"mitigations", set_mitigations, false},
    {"smap", set_smap, false},        {"smep", set_smep, false},
};

const char *skip_word(const char *text)
{
    while (*text == ' ')
        text++;
    while (*text && *text != ' ')
        text++;
    while (*text == ' ')
        text++;
    return text;
}

static bool word_apply(struct options *o, char *word, options_complain complain, void *context)
{
    char *value = strchr(word, '=');
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(options); i++) {
        size_t n = strlen(options[i].name);

        if (strncmp(word, options[i].name, n) || (word[n] && word[n] != '='))
            continue;
        if (options[i].set(o, value ? value + 1 : ""))
            return true;
        complain(context, "bad value in the option", word);
        return !options[i].fatal;
    }
    complain(context, "unknown option", word);
    return true;
}

bool options_parse(const char *text, struct options *o, options_complain complain, void *context)
{
    bool ok = true;
    char word[96];

    memset(o, 0, sizeof(*o));
    strlcpy(o->console, "com1", sizeof(o->console));
    o->loglvl = 2;
    for (text = skip_word(text); *text; text = skip_word(text)) {
        size_t n = 0;

        while (text[n] && text[n] != ' ' && n + 1 < sizeof(word)) {
            word[n] = text[n];
            n++;
        }
        word[n] = 0;
        if (text[n] && text[n] != ' ')
            complain(context, "option too long", word);
        else if (!word_apply(o, word, complain, context))
            ok = false;
    }
    return ok;
}
