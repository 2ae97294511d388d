/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the boot-image tool passes around: a span of input, an output buffer
 * that refuses to grow past its limit, and the sentence that tells why
 * something failed.  Whoever returns a negative errno has written the sentence.
 */
#ifndef UNPACK_BUFFER_H
#define UNPACK_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *data;
    size_t size;
};

struct buffer {
    uint8_t *data;
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes allocated */
    size_t limit;    /* bytes that `capacity` never exceeds */
};

struct why {
    char text[256];
};

/**
 * why_set() - write the sentence of a failure
 * @why:    where it goes
 * @error:  the negative errno to return
 * @format: printf's
 *
 * Return: @error, so that a caller fails in one statement.
 */
int why_set(struct why *why, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4), warn_unused_result));

/**
 * buffer_reserve() - make room behind the bytes in use
 * @buffer: the buffer
 * @want:   bytes wished for; fewer (but at least one) may be there at the limit
 * @why:    the sentence, when it fails
 *
 * Return: 0; -EFBIG at the limit; -ENOMEM.
 */
int buffer_reserve(struct buffer *buffer, size_t want, struct why *why)
    __attribute__((warn_unused_result));

/** buffer_free() - give the memory back; the buffer is empty afterwards */
void buffer_free(struct buffer *buffer);

/** buffer_room() - bytes allocated but not in use */
static inline size_t buffer_room(const struct buffer *buffer)
{
    return buffer->capacity - buffer->size;
}

/**
 * file_read() - read a whole file
 * @path:   its name
 * @buffer: empty, with its limit set
 * @why:    the sentence, when it fails
 *
 * Return: 0, or the negative errno of open or read; -EFBIG, -ENOMEM.
 */
int file_read(const char *path, struct buffer *buffer, struct why *why)
    __attribute__((warn_unused_result));

/**
 * file_replace() - write a file so that it is there whole or not at all
 * @path: its name; a temporary file beside it is renamed to it
 * @data: its contents
 * @why:  the sentence, when it fails
 *
 * Return: 0, or the negative errno of the failing call.
 */
int file_replace(const char *path, struct span data, struct why *why)
    __attribute__((warn_unused_result));

#endif
