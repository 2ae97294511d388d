/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seed-random FILE: gives the kernel's random generator the file's bytes and
 * credits them, so that nothing in the small control domain waits for entropy.
 * The seed lies in the image for all to read: for demonstrations and tests.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SEED_SIZE 64 /* bytes taken from the file, at most */

int main(int argc, char **argv)
{
    union {
        struct rand_pool_info info;
        char room[sizeof(struct rand_pool_info) + SEED_SIZE];
    } pool;
    int from, random;
    ssize_t got;

    if (argc != 2)
        return 2;
    from = open(argv[1], O_RDONLY);
    random = open("/dev/urandom", O_WRONLY);
    got = read(from, pool.room + sizeof(pool.info), SEED_SIZE);
    if (from < 0 || random < 0 || got <= 0) {
        perror("seed-random");
        return 1;
    }
    pool.info.buf_size = (int)got;
    pool.info.entropy_count = (int)got * 8;
    if (ioctl(random, RNDADDENTROPY, &pool) < 0) {
        perror("seed-random");
        return 1;
    }
    return 0;
}
