/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of CPUs as the command line writes them: "0-3,^2,5", "all".  And files as a whole.
 */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CPUS 256

static bool has(const struct hvctl_cpuset *set, unsigned int cpu)
{
    return cpu < CPUS && set->word[cpu / 64] >> cpu % 64 & 1;
}

const char *cpuset_text(const struct hvctl_cpuset *set, char *text, size_t size)
{
    size_t used = 0;
    unsigned int last;

    snprintf(text, size, "none");
    for (unsigned int cpu = 0; cpu < CPUS && used < size; cpu = last + 1) {
        last = cpu;
        if (!has(set, cpu)) {
            continue;
        }
        while (has(set, last + 1)) {
            last++;
        }
        if (cpu == 0 && last + 1 == CPUS) {
            snprintf(text, size, "all");
            break;
        }
        used += (size_t)snprintf(text + used, size - used, last > cpu ? "%s%u-%u" : "%s%u",
                                 used ? "," : "", cpu, last);
    }
    return text;
}

/* One item of the list; *text is moved behind it. */
static bool take(const char **text, struct hvctl_cpuset *set)
{
    bool without = **text == '^';
    char *end;
    unsigned long first = strtoul(*text + without, &end, 10), last = first;

    if ((*text)[without] < '0' || (*text)[without] > '9') {
        return false;
    }
    if (*end == '-') {
        const char *second = end + 1;

        last = strtoul(second, &end, 10);
        if (*second < '0' || *second > '9') {
            return false;
        }
    }
    if (last < first || last >= CPUS) {
        return false;
    }
    for (unsigned long cpu = first; cpu <= last; cpu++) {
        uint64_t bit = UINT64_C(1) << cpu % 64;

        set->word[cpu / 64] = (set->word[cpu / 64] | bit) ^ (without ? bit : 0);
    }
    *text = end;
    return true;
}

bool cpuset_parse(const char *text, struct hvctl_cpuset *set)
{
    memset(set, 0, sizeof(*set));
    if (!strcmp(text, "all")) {
        memset(set, 0xff, sizeof(*set));
        return true;
    }
    while (take(&text, set)) {
        if (!*text) {
            return set->word[0] | set->word[1] | set->word[2] | set->word[3];
        }
        if (*text++ != ',') {
            break;
        }
    }
    return false;
}

int file_text(struct command *c, const char *path, char **text, size_t *size)
{
    const size_t most = 1 << 20;
    FILE *file = fopen(path, "re");

    (void)c;
    if (!file) {
        return complain(errno == ENOENT ? 4 : 12, "%s can't be opened: %s", path, strerror(errno));
    }
    *text = malloc(most);
    *size = *text ? fread(*text, 1, most, file) : 0;
    if (!*text || ferror(file) || *size == most) {
        free(*text);
        fclose(file);
        return complain(12, "%s can't be read, or is too large", path);
    }
    fclose(file);
    return 0;
}
