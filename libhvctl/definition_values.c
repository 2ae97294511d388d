/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pure: the forms of single values in a guest's definition: numbers, sizes with units, uuids,
 * MAC addresses, sets of CPUs, names.  Nothing here knows of XML.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition.h"

#define CPUS (64 * sizeof(((struct hvctl_cpuset *)NULL)->word) / sizeof(uint64_t))

bool value_unsigned(const char *text, uint64_t max, uint64_t *value)
{
    uint64_t sum = 0;

    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text) || __builtin_mul_overflow(sum, 10u, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(*text - '0'), &sum)) {
            return false;
        }
    }
    if (sum > max) {
        return false;
    }
    *value = sum;
    return true;
}

bool value_signed(const char *text, int64_t *value)
{
    bool negative = *text == '-';
    uint64_t size;

    if (!value_unsigned(text + (negative || *text == '+'), INT64_MAX, &size)) {
        return false;
    }
    *value = negative ? -(int64_t)size : (int64_t)size;
    return true;
}

static int hex_digit(char c)
{
    if (isdigit((unsigned char)c)) {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two hexadecimal digits. */
static bool hex_byte(const char *text, uint8_t *byte)
{
    int high = hex_digit(text[0]);
    int low = high < 0 ? -1 : hex_digit(text[1]);

    if (low < 0) {
        return false;
    }
    *byte = (uint8_t)(high << 4 | low);
    return true;
}

bool value_uuid(const char *text, uint8_t uuid[16])
{
    bool dashes = strlen(text) == 36;

    if (!dashes && strlen(text) != 32) {
        return false;
    }
    for (int at = 0; at < 16; at++) {
        if (dashes && (at == 4 || at == 6 || at == 8 || at == 10) && *text++ != '-') {
            return false;
        }
        if (!hex_byte(text, &uuid[at])) {
            return false;
        }
        text += 2;
    }
    return true;
}

bool value_mac(const char *text, uint8_t mac[6])
{
    if (strlen(text) != 17) {
        return false;
    }
    for (int at = 0; at < 6; at++, text += 3) {
        if (!hex_byte(text, &mac[at]) || (at < 5 && text[2] != ':')) {
            return false;
        }
    }
    return true;
}

/* A number at the front of *text, which is moved behind it. */
static bool take_cpu(const char **text, unsigned long *cpu)
{
    char *end;

    if (!isdigit((unsigned char)**text)) {
        return false;
    }
    errno = 0;
    *cpu = strtoul(*text, &end, 10);
    *text = end;
    return !errno && *cpu < CPUS;
}

bool value_cpuset(const char *text, struct hvctl_cpuset *set)
{
    struct hvctl_cpuset made = {0};

    for (;; text++) {
        unsigned long first, last;
        bool without;

        text += strspn(text, " ");
        without = *text == '^';
        text += without;
        if (!take_cpu(&text, &first)) {
            return false;
        }
        last = first;
        if (*text == '-' && (text++, !take_cpu(&text, &last) || last < first)) {
            return false;
        }
        for (unsigned long cpu = first; cpu <= last; cpu++) {
            uint64_t bit = UINT64_C(1) << cpu % 64;

            made.word[cpu / 64] = (made.word[cpu / 64] | bit) ^ (without ? bit : 0);
        }
        text += strspn(text, " ");
        if (*text != ',') {
            break;
        }
    }
    if (*text || !(made.word[0] | made.word[1] | made.word[2] | made.word[3])) {
        return false;
    }
    *set = made;
    return true;
}

static bool has_cpu(const struct hvctl_cpuset *set, size_t cpu)
{
    return cpu < CPUS && set->word[cpu / 64] >> cpu % 64 & 1;
}

void value_cpuset_format(const struct hvctl_cpuset *set, char *text, size_t size)
{
    size_t used = 0;

    *text = '\0';
    for (size_t cpu = 0; cpu < CPUS; cpu++) {
        size_t last = cpu;

        if (!has_cpu(set, cpu)) {
            continue;
        }
        while (has_cpu(set, last + 1)) {
            last++;
        }
        used += (size_t)snprintf(text + used, size - used, last > cpu ? "%s%zu-%zu" : "%s%zu",
                                 used ? "," : "", cpu, last);
        if (used >= size) {
            return;
        }
        cpu = last;
    }
}

bool value_size_kib(const char *number, const char *unit, uint64_t *kib)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {
        {"b", 1},
        {"bytes", 1},
        {"KB", 1000},
        {"k", 1024},
        {"KiB", 1024},
        {"MB", 1000000},
        {"M", 1 << 20},
        {"MiB", 1 << 20},
        {"GB", 1000000000},
        {"G", 1 << 30},
        {"GiB", 1 << 30},
        {"TB", 1000000000000},
        {"T", UINT64_C(1) << 40},
        {"TiB", UINT64_C(1) << 40},
    };
    uint64_t count, bytes;

    if (!value_unsigned(number, UINT64_MAX, &count)) {
        return false;
    }
    for (size_t at = 0; at < sizeof(units) / sizeof(*units); at++) {
        if (!strcasecmp(units[at].name, unit ? unit : "KiB")) {
            if (__builtin_mul_overflow(count, units[at].bytes, &bytes) ||
                bytes > UINT64_MAX - 1023) {
                return false;
            }
            *kib = (bytes + 1023) / 1024;
            return true;
        }
    }
    return false;
}

const char *value_name_wrong(const char *name)
{
    uint8_t uuid[16];

    if (!*name) {
        return "it is empty";
    }
    if (strlen(name) > DEFINITION_NAME_MAX) {
        return "it has more than 63 characters";
    }
    if (!isalnum((unsigned char)*name) && *name != '_') {
        return "it does not begin with a letter, a digit or _";
    }
    for (const char *at = name; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("._-+", *at)) {
            return "it has other characters than letters, digits and . _ - +";
        }
    }
    if (strspn(name, "0123456789") == strlen(name)) {
        return "it is a number, as domain identifiers are";
    }
    if (value_uuid(name, uuid)) {
        return "it has the form of a uuid";
    }
    return strcmp(name, "Domain-0") ? NULL : "it is the control domain's";
}

bool value_interface(const char *name)
{
    if (!*name || strlen(name) > 15 || !strcmp(name, ".") || !strcmp(name, "..")) {
        return false;
    }
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && !strchr("._-+@", *name)) {
            return false;
        }
    }
    return true;
}

bool value_disk_target(const char *name)
{
    size_t letters;
    uint64_t partition;

    if (strncmp(name, "xvd", 3)) {
        return false;
    }
    letters = strspn(name + 3, "abcdefghijklmnopqrstuvwxyz");
    name += 3 + letters;
    return letters >= 1 && letters <= 2 &&
           (!*name || (*name != '0' && value_unsigned(name, 15, &partition)));
}
