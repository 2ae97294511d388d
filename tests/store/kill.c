/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kill DAEMON FOLDER KILLS: three guests and two local clients work with a daemon that is killed
 * by SIGKILL again and again, at any moment. Each guest has its rings for good, and must get each
 * answer once and in order; a local client connects again.
 *
 * At the end all that was committed is there, a counter that all of them raise in transactions
 * is the number of commits, and each guest knows the last value of all that it watches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake.h"
#include "worker.h"

#define GUESTS  3
#define CLIENTS 2
#define SECONDS 30 /* without any progress, at most */

static struct worker workers[GUESTS + CLIENTS];
static uint64_t moved_at;

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* All workers for some time; false when one found an error or nothing moves any more. */
static bool work(uint64_t us, bool ending)
{
    uint64_t end = now_us() + us;
    bool moved, busy = true;
    int i;

    while (ending ? busy : now_us() < end) {
        moved = busy = false;
        for (i = 0; i < GUESTS + CLIENTS; i++) {
            moved |= worker_step(&workers[i], !ending);
            busy |= !worker_idle(&workers[i]);
            if (workers[i].wrong) {
                printf("worker %d: %s\n", i, workers[i].wrong);
                return false;
            }
        }
        if (moved) {
            moved_at = now_us();
        } else if (now_us() - moved_at > SECONDS * 1000000ull) {
            for (i = 0; i < GUESTS + CLIENTS; i++)
                printf("worker %d: %s\n", i, worker_idle(&workers[i]) ? "idle" : "waits");
            return false;
        } else {
            usleep(20);
        }
    }
    return true;
}

static bool finish(const char *socket)
{
    unsigned sure = 0, maybe = 0, value;
    struct worker *asker = &workers[0];
    bool good = true;
    char text[4200];
    int i, j;

    for (i = 0; i < GUESTS + CLIENTS; i++) {
        sure += workers[i].commits;
        maybe += workers[i].unknown;
        for (j = 0; j < WORKER_KEYS; j++)
            good &= worker_check(&workers[i], socket, j);
    }
    good &= local_ask(socket, XS_READ, "/shared/counter", 16, text) >= 0;
    value = (unsigned)atoi(text);
    printf("commits %u, perhaps %u more, counter %u\n", sure, maybe, value);
    good &= value >= sure && value <= sure + maybe;
    for (i = 0; i < GUESTS; i++) {
        for (j = 0; j < GUESTS; j++) {
            snprintf(text, sizeof(text), "/shared/bell-%d", j + 1);
            if (strcmp(workers[i].heard[j], workers[j].bell)) {
                printf("guest %d knows %s of %s, it is %s\n", i + 1, workers[i].heard[j], text,
                       workers[j].bell);
                good = false;
            }
        }
    }
    good &= local_ask(socket, XS_CONTROL, "check", 6, text) >= 0 && strstr(text, " 0 errors");
    printf("%s\n", text);
    return good && asker->requests;
}

int main(int argc, char **argv)
{
    unsigned long kills = argc == 4 ? strtoul(argv[3], NULL, 10) : 0, done;
    unsigned requests = 0, again = 0, seed = (unsigned)time(NULL);
    char socket[128];
    bool good;
    int i;

    if (!kills) {
        fprintf(stderr, "Usage: kill DAEMON FOLDER KILLS\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    printf("seed %u\n", seed);
    srandom(seed);
    snprintf(socket, sizeof(socket), "%s/socket", argv[2]);
    fake_make(argv[2]);
    good = daemon_start(argv[1], argv[2]) && workers_prepare(socket, GUESTS);
    for (i = 0; good && i < GUESTS + CLIENTS; i++)
        worker_init(&workers[i], i, i < GUESTS ? (uint16_t)(i + 1) : 0, socket);
    moved_at = now_us();
    for (done = 0; good && done < kills; done++) {
        good = work((uint64_t)random() % 15000, false);
        daemon_kill();
        good = good && work((uint64_t)random() % 500, false) && daemon_start(argv[1], argv[2]);
    }
    good = good && work(0, true) && finish(socket);
    daemon_kill();
    for (i = 0; i < GUESTS + CLIENTS; i++) {
        requests += workers[i].requests;
        again += workers[i].again;
    }
    printf("measure hvstored: %lu kills, %u requests, %u transactions done again, %s\n", done,
           requests, again, good ? "nothing lost" : "FAILED");
    return !good;
}
