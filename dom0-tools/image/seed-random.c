/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seed-random FILE: gives the kernel's random generator the file's bytes and
 * credits them, so that nothing in the small control domain waits for entropy.
 * The seed lies in the image for all to read: for demonstrations and tests.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct {
        struct rand_pool_info info;
        char seed[64];
    } pool;
    int from, random;
    ssize_t got;

    if (argc != 2)
        return 2;
    from = open(argv[1], O_RDONLY);
    random = open("/dev/urandom", O_WRONLY);
    got = read(from, pool.seed, sizeof(pool.seed));
    if (from < 0 || random < 0 || got <= 0) {
        perror("seed-random");
        return 1;
    }
    pool.info.buf_size = (int)got;
    pool.info.entropy_count = (int)got * 8;
    memmove(pool.info.buf, pool.seed, (size_t)got);
    if (ioctl(random, RNDADDENTROPY, &pool) < 0) {
        perror("seed-random");
        return 1;
    }
    return 0;
}
