/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing byte strings, in the machine's byte order: what they hold never leaves the machine.
 */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    unsigned long calls, first, last;
} fault;

unsigned long mem_fail(unsigned long first, unsigned long last)
{
    unsigned long calls = fault.calls;

    fault.calls = 0;
    fault.first = first;
    fault.last = last;
    return calls;
}

static bool fails(void)
{
    fault.calls++;
    return fault.first && fault.calls >= fault.first && fault.calls <= fault.last;
}

void *mem_alloc(size_t size)
{
    return fails() ? NULL : malloc(size ? size : 1);
}

void *mem_zalloc(size_t size)
{
    return fails() ? NULL : calloc(1, size ? size : 1);
}

void *mem_resize(void *memory, size_t size)
{
    return fails() ? NULL : realloc(memory, size ? size : 1);
}

char *mem_string(const char *text)
{
    return fails() ? NULL : strdup(text);
}

uint8_t *bytes_room(struct bytes *bytes, size_t n)
{
    size_t size = bytes->len + n + (bytes->len + n) / 2 + 32;
    uint8_t *data;

    if (bytes->failed)
        return NULL;
    if (bytes->len + n > bytes->size) {
        data = mem_resize(bytes->data, size);
        if (!data) {
            bytes->failed = true;
            return NULL;
        }
        bytes->data = data;
        bytes->size = size;
    }
    return bytes->data + bytes->len;
}

void bytes_add(struct bytes *bytes, const void *data, size_t n)
{
    uint8_t *to = n ? bytes_room(bytes, n) : NULL;

    if (!to)
        return;
    memcpy(to, data, n);
    bytes->len += n;
}

void bytes_add_u8(struct bytes *bytes, uint8_t value)
{
    bytes_add(bytes, &value, sizeof(value));
}

void bytes_add_u32(struct bytes *bytes, uint32_t value)
{
    bytes_add(bytes, &value, sizeof(value));
}

void bytes_add_u64(struct bytes *bytes, uint64_t value)
{
    bytes_add(bytes, &value, sizeof(value));
}

void bytes_add_block(struct bytes *bytes, const void *data, size_t n)
{
    bytes_add_u32(bytes, (uint32_t)n);
    bytes_add(bytes, data, n);
}

void bytes_add_text(struct bytes *bytes, const char *text)
{
    bytes_add_block(bytes, text, strlen(text) + 1);
}

void bytes_print(struct bytes *bytes, bool final, const char *format, ...)
{
    va_list args;
    uint8_t *to;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    to = n < 0 ? NULL : bytes_room(bytes, (size_t)n + 1);
    if (!to)
        return;
    va_start(args, format);
    vsnprintf((char *)to, (size_t)n + 1, format, args);
    va_end(args);
    bytes->len += (size_t)n + (final ? 1 : 0);
}

void bytes_clear(struct bytes *bytes)
{
    bytes->len = 0;
    bytes->failed = false;
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){0};
}

struct reader reader_over(const void *data, size_t len)
{
    static const uint8_t nothing;

    if (!len)
        data = &nothing;
    return (struct reader){data, (const uint8_t *)data + len, false};
}

static const uint8_t *take(struct reader *reader, size_t n)
{
    const uint8_t *at = reader->at;

    if (reader->bad || (size_t)(reader->end - at) < n) {
        reader->bad = true;
        return NULL;
    }
    reader->at += n;
    return at;
}

uint8_t read_u8(struct reader *reader)
{
    const uint8_t *at = take(reader, 1);

    return at ? *at : 0;
}

uint32_t read_u32(struct reader *reader)
{
    const uint8_t *at = take(reader, sizeof(uint32_t));
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return value;
}

uint64_t read_u64(struct reader *reader)
{
    const uint8_t *at = take(reader, sizeof(uint64_t));
    uint64_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return value;
}

const uint8_t *read_block(struct reader *reader, size_t *len)
{
    const uint8_t *at;

    *len = read_u32(reader);
    at = take(reader, *len);
    if (!at)
        *len = 0;
    return at;
}

const char *read_text(struct reader *reader)
{
    size_t len;
    const uint8_t *at = read_block(reader, &len);

    if (!at || !len || at[len - 1]) {
        reader->bad = true;
        return "";
    }
    return (const char *)at;
}
