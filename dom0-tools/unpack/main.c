/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mortise-unpack: turns a distribution's kernel image into the plain ELF file
 * that the hypervisor loads.  The hypervisor has no decompressor on purpose.
 * Exit status: 0 done, 1 refused (one sentence on stderr), 2 wrong usage.
 */
#include "unpack/image.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_LIMIT_MIB 1024
#define MAX_LIMIT_MIB     65536

static const char usage[] = "Usage: mortise-unpack [-l MIB] [-q] IMAGE KERNEL\n"
                            "Unpacks IMAGE (a bzImage, or an ELF file, compressed or not) to the\n"
                            "ELF file KERNEL.\n"
                            "  -l MIB  refuse what unpacks to more (default 1024)\n"
                            "  -q      say nothing on success\n"
                            "  -V      print the version\n";

struct options {
    size_t limit; /* bytes */
    bool quiet;
    const char *image, *kernel;
};

static int parse_options(int argc, char **argv, struct options *options)
{
    unsigned long mib = DEFAULT_LIMIT_MIB;
    char *end;
    int c;

    while ((c = getopt(argc, argv, "l:qhV")) != -1) {
        switch (c) {
        case 'l':
            errno = 0;
            mib = strtoul(optarg, &end, 10);
            if (errno || *end || end == optarg || mib == 0 || mib > MAX_LIMIT_MIB) {
                fprintf(stderr, "mortise-unpack: -l %s: not a size in MiB\n", optarg);
                return 2;
            }
            break;
        case 'q':
            options->quiet = true;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        case 'V':
            puts("mortise-unpack " PACKAGE_VERSION);
            exit(0);
        default:
            return 2;
        }
    }
    if (argc - optind != 2) {
        fputs(usage, stderr);
        return 2;
    }
    options->limit = mib << 20;
    options->image = argv[optind];
    options->kernel = argv[optind + 1];
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct buffer image = {0}, memory = {0};
    struct span kernel;
    struct why why;
    const char *format, *about;
    int status = parse_options(argc, argv, &options);

    if (status)
        return status;
    image.limit = memory.limit = options.limit;
    about = options.image;
    status = file_read(options.image, &image, &why);
    if (!status)
        status =
            image_unpack((struct span){image.data, image.size}, &memory, &kernel, &format, &why);
    if (!status) {
        about = options.kernel;
        status = file_replace(options.kernel, kernel, &why);
    }
    if (status)
        fprintf(stderr, "mortise-unpack: %s: %s\n", about, why.text);
    else if (!options.quiet)
        printf("%s: %zu bytes (%s) -> %s: %zu bytes\n", options.image, image.size, format,
               options.kernel, kernel.size);
    buffer_free(&image);
    buffer_free(&memory);
    return status ? 1 : 0;
}
