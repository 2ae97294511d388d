/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a guest that sleeps: how late it wakes, by its own clock.  It prints the
 * median and the worst of some hundred times, and then does nothing any more.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define TIMES     301
#define SLEEP_NS  7000000 /* no multiple of a slice */
#define SECOND_NS 1000000000L

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

int main(void)
{
    static int64_t late[TIMES];
    struct timespec until, now;

    for (unsigned int i = 0; i < TIMES; i++) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += SLEEP_NS;
        until.tv_sec += until.tv_nsec / SECOND_NS;
        until.tv_nsec %= SECOND_NS;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
        late[i] = (now.tv_sec - until.tv_sec) * SECOND_NS + now.tv_nsec - until.tv_nsec;
    }
    qsort(late, TIMES, sizeof(late[0]), compare);
    printf("wake: median %lld us, worst %lld us\n", (long long)late[TIMES / 2] / 1000,
           (long long)late[TIMES - 1] / 1000);
    fflush(stdout);
    for (;;)
        pause();
}
