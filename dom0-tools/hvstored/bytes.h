/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's allocations, growing byte strings, and the fields that the journal is made of.
 *
 * Any allocation can fail, and a test can have the n-th fail. Who asked for what it was needed for
 * hears ENOMEM, and nothing has happened. What guests can make the daemon allocate is bounded by
 * quotas.
 */
#ifndef HVSTORED_BYTES_H
#define HVSTORED_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t len, size; /* bytes used and allocated */
    bool failed;      /* there was no memory for something: it is not whole */
};

/* Reads fields in the order in which they were added; after a field that is not there, bad. */
struct reader {
    const uint8_t *at, *end;
    bool bad;
};

/* As malloc, calloc, realloc and strdup: NULL without memory. */
void *mem_alloc(size_t size) __attribute__((malloc, warn_unused_result));
void *mem_zalloc(size_t size) __attribute__((malloc, warn_unused_result));
void *mem_resize(void *memory, size_t size) __attribute__((warn_unused_result));
char *mem_string(const char *text) __attribute__((malloc, warn_unused_result));

/*
 * For tests: from now on allocations first to last fail, counted from 1; 0: none does. Returns how
 * many there were since the last time.
 */
unsigned long mem_fail(unsigned long first, unsigned long last);

/*
 * Makes room for n more bytes, and returns where they go; the caller adds to len. NULL without
 * memory. What adds to a string that has failed adds nothing.
 */
uint8_t *bytes_room(struct bytes *bytes, size_t n);
void bytes_add(struct bytes *bytes, const void *data, size_t n);
void bytes_add_u8(struct bytes *bytes, uint8_t value);
void bytes_add_u32(struct bytes *bytes, uint32_t value);
void bytes_add_u64(struct bytes *bytes, uint64_t value);
/* A length, then the data. */
void bytes_add_block(struct bytes *bytes, const void *data, size_t n);
/* A block that holds the text and its final 0. */
void bytes_add_text(struct bytes *bytes, const char *text);
/* Text as by printf, with its final 0 where asked. */
void bytes_print(struct bytes *bytes, bool final, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void bytes_clear(struct bytes *bytes);
void bytes_free(struct bytes *bytes);

struct reader reader_over(const void *data, size_t len);
uint8_t read_u8(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
/* Start of a block, its length by *len; NULL (and len 0) when it is not there whole. */
const uint8_t *read_block(struct reader *reader, size_t *len);
/* A text with its final 0; "" when it is not there. */
const char *read_text(struct reader *reader);

#endif
