/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl top: who uses the CPUs, look after look.
 */
#include "command.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* A look: the domains, when, and the share of a CPU each had since the look before. */
struct look {
    struct hvctl_domain *domains;
    size_t count;
    uint64_t time_ns;
    double *share; /* per cent of one CPU */
};

static void look_free(struct look *look)
{
    free(look->domains);
    free(look->share);
    memset(look, 0, sizeof(*look));
}

static int compare(const void *a, const void *b, void *opaque)
{
    const struct look *look = opaque;
    double left = look->share[*(const size_t *)a], right = look->share[*(const size_t *)b];

    return left < right ? 1 : left > right ? -1 : 0;
}

static int look_take(struct command *c, const struct look *before, struct look *look)
{
    struct timespec now;
    int result = hvctl_list(c->h, &look->domains, &look->count);

    if (result) {
        return result;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    look->time_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    look->share = calloc(look->count + 1, sizeof(*look->share));
    if (!look->share) {
        return complain(EXIT_FAILURE, "no memory");
    }
    for (size_t at = 0; at < look->count; at++) {
        for (size_t old = 0; old < before->count; old++) {
            const struct hvctl_domain *a = &before->domains[old], *b = &look->domains[at];

            if (a->domid == b->domid && b->cpu_time_ns >= a->cpu_time_ns) {
                look->share[at] = 100.0 * (double)(b->cpu_time_ns - a->cpu_time_ns) /
                                  (double)(look->time_ns - before->time_ns + 1);
            }
        }
    }
    return 0;
}

static void print_json(const struct look *look)
{
    json_t *array = json_array();

    for (size_t at = 0; at < look->count; at++) {
        const struct hvctl_domain *d = &look->domains[at];

        json_array_append_new(array,
                              json_pack("{s:i,s:o,s:s,s:f,s:f,s:I,s:i}", "domid", (int)d->domid,
                                        "name", json_text(guest_name(d)), "state",
                                        state_name(d->state), "cpu_percent", look->share[at],
                                        "cpu_seconds", (double)d->cpu_time_ns / 1e9, "memory_kib",
                                        (json_int_t)d->memory_kib, "vcpus", (int)d->vcpus_online));
    }
    (void)json_print(array, JSON_COMPACT);
}

static void print_table(const struct look *look, size_t most)
{
    static const char *const titles[] = {"Name", " Id",    " CPU %", " CPU seconds",
                                         " MiB", " vCPUs", "State",  NULL};
    struct listing *l = listing_new(titles);
    size_t *order = calloc(look->count + 1, sizeof(*order));

    for (size_t at = 0; order && at < look->count; at++) {
        order[at] = at;
    }
    if (order) {
        qsort_r(order, look->count, sizeof(*order), compare, (void *)look);
    }
    for (size_t at = 0; order && at < look->count && at < most; at++) {
        const struct hvctl_domain *d = &look->domains[order[at]];

        listing_cell(l, "%s", guest_name(d));
        listing_cell(l, "%u", d->domid);
        listing_cell(l, "%.1f", look->share[order[at]]);
        listing_cell(l, "%.1f", (double)d->cpu_time_ns / 1e9);
        listing_cell(l, "%llu", (unsigned long long)d->memory_kib / 1024);
        listing_cell(l, "%u", d->vcpus_online);
        listing_cell(l, "%s", state_name(d->state));
    }
    listing_print(l, stdout);
    listing_free(l);
    free(order);
}

/* The lines that fit the terminal below the heading. */
static size_t screen_lines(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 4 ? 20 : size.ws_row - 3u;
}

static void show(const struct command *c, const struct look *look, bool live)
{
    if (c->option['j']) {
        print_json(look);
    } else if (live) {
        printf("\033[H\033[J%zu domains; q leaves\n", look->count);
        print_table(look, screen_lines());
    } else {
        print_table(look, SIZE_MAX);
        putchar('\n');
    }
    fflush(stdout);
}

/* True when q, Ctrl-C or the end of the input came within the time. */
static bool wait_key(double seconds, bool live)
{
    struct pollfd input = {.fd = live ? STDIN_FILENO : -1, .events = POLLIN};
    char key;

    return poll(&input, 1, (int)(seconds * 1000)) > 0 &&
           (read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 3);
}

static int loop(struct command *c, double delay, uint64_t count, bool live)
{
    struct look before = {0}, look = {0};
    int result = look_take(c, &look, &before);

    for (uint64_t done = 0; !result && (!count || done < count); done++) {
        if (wait_key(live && !done ? 0.2 : delay, live) || progress_cancelled()) {
            break;
        }
        result = look_take(c, &before, &look);
        if (!result) {
            show(c, &look, live);
            look_free(&before);
            before = look;
            memset(&look, 0, sizeof(look));
        }
        if (ferror(stdout)) {
            break;
        }
    }
    look_free(&before);
    look_free(&look);
    return result;
}

int verb_top(struct command *c)
{
    bool live = !c->option['b'] && !c->option['j'];
    struct termios before, raw;
    uint64_t count = 0;
    double delay = 2;
    char *end = NULL;
    int result = 0;

    if (c->option['d']) {
        delay = strtod(c->option['d'], &end);
        if (*end || end == c->option['d'] || !(delay >= 0.1 && delay <= 3600)) {
            return complain(EXIT_USAGE, "the delay \"%s\" is not 0.1 to 3600 seconds",
                            c->option['d']);
        }
    }
    if (c->option['n']) {
        result = number_argument(c->option['n'], "the count", 1, 1000000000, &count);
    }
    if (result) {
        return result;
    }
    if (live && (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before))) {
        return complain(EXIT_ANSWER_NO, "there is no terminal to draw in; use --batch");
    }
    progress_begin(c);
    if (live) {
        raw = before;
        raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    result = loop(c, delay, count, live);
    if (live) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    }
    progress_end(c);
    return result;
}
