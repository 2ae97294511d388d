/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Growing buffers with a limit, and files read and written whole.
 * Knows nothing of formats.
 */
#include "buffer.h"

#include "../alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int why_set(struct why *why, int error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why->text, sizeof(why->text), format, args);
    va_end(args);
    return error;
}

int buffer_reserve(struct buffer *buffer, size_t want, struct why *why)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 65536;
    uint8_t *data;

    if (want <= buffer_room(buffer))
        return 0;
    while (capacity - buffer->size < want && capacity < buffer->limit)
        capacity *= 2;
    if (capacity > buffer->limit)
        capacity = buffer->limit;
    if (capacity <= buffer->size)
        return why_set(why, -EFBIG, "it is larger than the limit of %zu MiB", buffer->limit >> 20);
    if (capacity == buffer->capacity)
        return 0;
    data = alloc_again(buffer->data, capacity);
    if (!data)
        return why_set(why, -ENOMEM, "no memory for %zu bytes", capacity);
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer->data = NULL;
    buffer->size = buffer->capacity = 0;
}

int file_read(const char *path, struct buffer *buffer, struct why *why)
{
    struct stat st;
    ssize_t got;
    int error;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return why_set(why, -errno, "it cannot be opened: %s", strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        /* One byte more, so that the end is seen without growing again. */
        error = buffer_reserve(buffer, (size_t)st.st_size + 1, why);
        if (error)
            goto close;
    }
    do {
        error = buffer_reserve(buffer, 1, why);
        if (error)
            goto close;
        got = read(fd, buffer->data + buffer->size, buffer_room(buffer));
        if (got < 0) {
            error = why_set(why, -errno, "it cannot be read: %s", strerror(errno));
            goto close;
        }
        buffer->size += (size_t)got;
    } while (got > 0);
close:
    close(fd);
    return error;
}

static int write_all(int fd, struct span data)
{
    while (data.size) {
        ssize_t put = write(fd, data.data, data.size);

        if (put < 0)
            return -errno;
        data.data += put;
        data.size -= (size_t)put;
    }
    return 0;
}

int file_replace(const char *path, struct span data, struct why *why)
{
    char *temporary = alloc_printf("%s.XXXXXX", path);
    int fd, error;

    if (!temporary)
        return why_set(why, -ENOMEM, "no memory");
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        error = -errno;
        goto free;
    }
    error = write_all(fd, data);
    if (!error && fchmod(fd, 0644))
        error = -errno;
    if (close(fd) && !error)
        error = -errno;
    if (!error && rename(temporary, path))
        error = -errno;
    if (error)
        unlink(temporary);
free:
    free(temporary);
    if (error)
        return why_set(why, error, "it cannot be written: %s", strerror(-error));
    return 0;
}
