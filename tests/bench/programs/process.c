/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes: made and ended, with the same program and with a new one; two that hand a byte to and
 * fro, each of which sleeps until the other has written; data through a pipe.
 */
#include "bench.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_CHUNK 65536

void child_ended_with(int child, int status)
{
    int ended;

    if (waitpid(child, &ended, 0) != child)
        die("waitpid");
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) != status)
        die("a child");
}

static int start(void)
{
    int child = fork();

    if (child < 0)
        die("fork");
    return child;
}

uint64_t bench_fork(unsigned int count)
{
    uint64_t begin = now_ns();

    for (unsigned int i = 0; i < count; i++) {
        int child = start();

        if (!child)
            _exit(0);
        child_ended_with(child, 0);
    }
    return now_ns() - begin;
}

uint64_t bench_exec(unsigned int count, const char *program)
{
    uint64_t begin = now_ns();

    for (unsigned int i = 0; i < count; i++) {
        int child = start();

        if (!child) {
            execlp(program, program, "nothing", (char *)NULL);
            _exit(127);
        }
        child_ended_with(child, 0);
    }
    return now_ns() - begin;
}

uint64_t bench_switch(unsigned int count)
{
    int there[2], back[2], child;
    uint64_t begin;
    char byte = 0;

    if (pipe(there) || pipe(back))
        die("pipe");
    child = start();
    if (!child) {
        for (unsigned int i = 0; i < count; i += 2) {
            read_all(there[0], &byte, 1);
            write_all(back[1], &byte, 1);
        }
        _exit(0);
    }
    begin = now_ns();
    for (unsigned int i = 0; i < count; i += 2) {
        write_all(there[1], &byte, 1);
        read_all(back[0], &byte, 1);
    }
    begin = now_ns() - begin;
    child_ended_with(child, 0);
    return begin;
}

uint64_t bench_pipe(unsigned int mib)
{
    static uint64_t chunk[PIPE_CHUNK / sizeof(uint64_t)];
    unsigned int chunks = mib * (MIB / PIPE_CHUNK);
    int ends[2], child;
    uint64_t begin;

    if (pipe(ends))
        die("pipe");
    begin = now_ns();
    child = start();
    if (!child) {
        for (unsigned int i = 0; i < chunks; i++) {
            chunk[0] = i;
            write_all(ends[1], chunk, PIPE_CHUNK);
        }
        _exit(0);
    }
    for (unsigned int i = 0; i < chunks; i++) {
        read_all(ends[0], chunk, PIPE_CHUNK);
        if (chunk[0] != i)
            die("wrong data in the pipe");
    }
    child_ended_with(child, 0);
    return now_ns() - begin;
}
