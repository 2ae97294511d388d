/* SPDX-License-Identifier: MIT */
/*
 * system.c: what newlib asks of an operating system, on libpvguest.
 *
 * Memory is all that is free, in one run. Files 0 to 2 are the console, a line at a time; the
 * module that was loaded with the kernel is the file "module", which can only be read. There are no
 * processes and no signals.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pv/event.h>
#include <pv/memory.h>

#define MODULE_FILE 3

int kill(int process, int signal);

static size_t module_at;
static bool module_open;

static int fail(int error)
{
    errno = error;
    return -1;
}

/* All free pages but a few are one heap: this kernel has no other use for them. */
void *sbrk(ptrdiff_t bytes)
{
    static char *base, *end, *at;
    char *old;

    if (base == NULL) {
        unsigned long pages = pv_pages_left() - 16;

        base = at = pv_pages_alloc(pages);
        end = base + pages * PV_PAGE_BYTES;
    }
    old = at;
    if (bytes > end - at || bytes < base - at) {
        fail(ENOMEM);
        return (void *)-1;
    }
    at += bytes;
    return old;
}

static bool key_there(void *arg)
{
    return pv_console_read(arg, 1) == 1;
}

/* One edited line, with its end. */
static int read_line(char *to, int bytes)
{
    int used = 0;

    while (used < bytes) {
        char key;

        while (!pv_wait(key_there, &key, pv_time() + 50000000)) {}
        key = key == '\r' ? '\n' : key;
        if (key == 4 && used == 0) {
            return 0;
        }
        if (key == 8 || key == 127) {
            if (used > 0) {
                used--;
                pv_console_write("\b \b", 3);
            }
        } else {
            pv_console_write(&key, 1);
            to[used++] = key;
            if (key == '\n') {
                break;
            }
        }
    }
    return used;
}

_READ_WRITE_RETURN_TYPE read(int file, void *to, size_t bytes)
{
    size_t size, part;
    const char *module = pv_module(&size);

    if (file == 0) {
        return read_line(to, (int)bytes);
    }
    if (file != MODULE_FILE || !module_open) {
        return fail(EBADF);
    }
    part = size - module_at < bytes ? size - module_at : bytes;
    memcpy(to, module + module_at, part);
    module_at += part;
    return (_READ_WRITE_RETURN_TYPE)part;
}

_READ_WRITE_RETURN_TYPE write(int file, const void *from, size_t bytes)
{
    if (file != 1 && file != 2) {
        return fail(EBADF);
    }
    pv_console_write(from, bytes);
    return (_READ_WRITE_RETURN_TYPE)bytes;
}

int open(const char *name, int flags, ...)
{
    size_t size;

    if (strcmp(name, "module") != 0 || pv_module(&size) == NULL) {
        return fail(ENOENT);
    }
    if ((flags & O_ACCMODE) != O_RDONLY) {
        return fail(EROFS);
    }
    if (module_open) {
        return fail(EMFILE);
    }
    module_open = true;
    module_at = 0;
    return MODULE_FILE;
}

int close(int file)
{
    if (file != MODULE_FILE || !module_open) {
        return fail(EBADF);
    }
    module_open = false;
    return 0;
}

off_t lseek(int file, off_t to, int whence)
{
    size_t size;

    pv_module(&size);
    if (file != MODULE_FILE || !module_open) {
        return fail(ESPIPE);
    }
    to += whence == SEEK_CUR ? (off_t)module_at : whence == SEEK_END ? (off_t)size : 0;
    if (to < 0 || (size_t)to > size) {
        return fail(EINVAL);
    }
    module_at = (size_t)to;
    return to;
}

int fstat(int file, struct stat *status)
{
    size_t size;

    pv_module(&size);
    *status = (struct stat){.st_mode = file < 3 ? S_IFCHR : S_IFREG, .st_blksize = 1024};
    status->st_size = file == MODULE_FILE ? (off_t)size : 0;
    return 0;
}

int isatty(int file)
{
    return file < 3;
}

pid_t getpid(void)
{
    return 1;
}

int kill(int process, int signal)
{
    (void)process;
    (void)signal;
    return fail(ESRCH);
}

int unlink(const char *name)
{
    (void)name;
    return fail(EROFS);
}

int link(const char *from, const char *to)
{
    (void)from;
    (void)to;
    return fail(EROFS);
}

clock_t times(struct tms *times)
{
    clock_t now = (clock_t)(pv_time() / (1000000000ul / CLOCKS_PER_SEC));

    *times = (struct tms){.tms_utime = now};
    return now;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    uint64_t now = pv_wall_time();

    (void)zone;
    time->tv_sec = (time_t)(now / 1000000000ul);
    time->tv_usec = (suseconds_t)(now / 1000 % 1000000);
    return 0;
}

pid_t fork(void)
{
    return fail(ENOSYS);
}

pid_t wait(int *status)
{
    (void)status;
    return fail(ECHILD);
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
    (void)path;
    (void)arguments;
    (void)environment;
    return fail(ENOSYS);
}

void _exit(int status)
{
    if (status != 0) {
        pv_printf("exit status %d\n", status);
    }
    pv_shutdown(status == 0 ? SHUTDOWN_poweroff : SHUTDOWN_crash);
}
