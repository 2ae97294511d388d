/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An example of libhvctl: `guests` lists the host's domains; `guests FILE.xml` creates the guest
 * that the file defines, and tells what it is doing meanwhile; `guests -d NAME` destroys one.
 *
 *     cc -o guests guests.c $(pkg-config --cflags --libs libhvctl)
 */
#include <hvctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool progress(void *opaque, const char *stage, uint64_t done, uint64_t total)
{
    const char **last = opaque;

    (void)done;
    (void)total;
    if (*last != stage) {
        fprintf(stderr, "... %s\n", stage);
        *last = stage;
    }
    return true; /* go on */
}

static int list(struct hvctl *h)
{
    static const char *const states[] = {"running",  "blocked", "paused",
                                         "shutdown", "crashed", "dying"};
    struct hvctl_domain *domains;
    size_t count;
    int error = hvctl_list(h, &domains, &count);

    if (error) {
        return error;
    }
    for (size_t i = 0; i < count; i++) {
        printf("%5u  %-20s  %6llu MiB  %u vCPUs  %s\n", domains[i].domid, domains[i].name,
               (unsigned long long)domains[i].memory_kib / 1024, domains[i].vcpus_online,
               states[domains[i].state]);
    }
    free(domains);
    return 0;
}

static int create(struct hvctl *h, const char *path)
{
    struct hvctl_definition *definition;
    const char *last = NULL;
    uint32_t domid;
    int error = hvctl_definition_read(h, path, &definition);

    if (error) {
        return error;
    }
    hvctl_set_progress(h, progress, &last);
    error = hvctl_create(h, definition, 0, &domid);
    if (!error) {
        printf("domain %u is running\n", domid);
    }
    hvctl_definition_free(definition);
    return error;
}

static int destroy(struct hvctl *h, const char *which)
{
    uint32_t domid;
    int error = hvctl_find(h, which, &domid);

    return error ? error : hvctl_destroy(h, domid);
}

int main(int argc, char **argv)
{
    struct hvctl *h = hvctl_open();
    int error;

    if (!h) {
        fputs("guests: no memory\n", stderr);
        return 1;
    }
    if (argc == 3 && !strcmp(argv[1], "-d")) {
        error = destroy(h, argv[2]);
    } else if (argc == 2) {
        error = create(h, argv[1]);
    } else {
        error = list(h);
    }
    if (error) {
        fprintf(stderr, "guests: %s\n", hvctl_message(h));
    }
    hvctl_close(h);
    return error ? 1 : 0;
}
