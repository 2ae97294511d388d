/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the measuring program's parts have in common: a figure is a function that does some work a
 * number of times; it leaves out of its time what it needs to prepare.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#define MIB (1UL << 20)

/* Nanoseconds of this kernel's monotonic clock. */
uint64_t now_ns(void);

/* Says what went wrong and ends the program with status 1. */
_Noreturn void die(const char *what);

/* Waits for a child; ends the program if it did not exit with a status. */
void child_ended_with(int child, int status);

/* Data that is different everywhere: fills whole words for a place in a stream, or checks one word
 * in each 512 bytes.  OFFSET and SIZE in bytes, multiples of 512. */
void pattern_fill(void *data, size_t size, uint64_t offset);
void pattern_check(const void *data, size_t size, uint64_t offset);

/* Reads or writes all of it, or dies. */
void read_all(int file, void *data, size_t size);
void write_all(int file, const void *data, size_t size);

/* The figures, each with the time it took in ns.  PROGRAM is this program's own file. */
uint64_t bench_fork(unsigned int count);
uint64_t bench_exec(unsigned int count, const char *program);
uint64_t bench_switch(unsigned int count);
uint64_t bench_pipe(unsigned int mib);
uint64_t bench_build(unsigned int units);
uint64_t bench_write(const char *path, unsigned int mib);
uint64_t bench_read(const char *path, unsigned int mib);
uint64_t bench_send(const char *address, unsigned int mib);
uint64_t bench_receive(const char *address, unsigned int mib);
/* The median time by which a sleeper wakes too late. */
uint64_t bench_wake(unsigned int count);

/* The other end of send and receive; it serves for ever. */
_Noreturn void bench_serve(void);

#endif
