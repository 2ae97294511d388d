/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal's file. Records are appended by one write; what a write that failed or was cut
 * short left behind is cut off. The state written anew goes to a second file, which takes the
 * first one's name when it is whole.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC       0x31747368u /* "hst1" */
#define RECORD_MOST (64u << 20)
#define GROW_LEAST  (192u << 10) /* bytes of changes before the state is written anew */

struct record {
    uint32_t len, sum; /* bytes behind it, and their checksum */
};

static uint32_t checksum(const uint8_t *data, size_t len)
{
    uint32_t sum = 2166136261u ^ (uint32_t)len;

    while (len--)
        sum = (sum ^ *data++) * 16777619u;
    return sum;
}

void journal_none(struct journal *journal)
{
    *journal = (struct journal){.folder = -1, .file = -1, .compact_at = UINT64_MAX};
}

static int full_read(int file, void *data, size_t len, uint64_t at)
{
    ssize_t n;

    for (; len; len -= (size_t)n, at += (size_t)n, data = (char *)data + n) {
        n = pread(file, data, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            return n ? -errno : -ENODATA;
    }
    return 0;
}

static int full_write(int file, const void *data, size_t len, uint64_t at)
{
    ssize_t n;

    for (; len; len -= (size_t)n, at += (size_t)n, data = (const char *)data + n) {
        n = pwrite(file, data, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n < 0)
            return errno == EFBIG || errno == EDQUOT ? -ENOSPC : -errno;
    }
    return 0;
}

/* Reads all records there are; sets size to the end of the last whole one. */
static int read_all(struct journal *journal, journal_load *load, void *context)
{
    struct bytes items = {0};
    struct record record;
    uint32_t magic;
    int error = 0;

    if (full_read(journal->file, &magic, sizeof(magic), 0) || magic != MAGIC)
        return -EBADMSG;
    journal->size = sizeof(magic);
    while (!full_read(journal->file, &record, sizeof(record), journal->size)) {
        if (!record.len || record.len > RECORD_MOST)
            break;
        bytes_clear(&items);
        if (!bytes_room(&items, record.len)) {
            error = -ENOMEM;
            break;
        }
        if (full_read(journal->file, items.data, record.len, journal->size + sizeof(record)) ||
            checksum(items.data, record.len) != record.sum)
            break;
        error = load(context, reader_over(items.data, record.len));
        if (error)
            break;
        journal->size += sizeof(record) + record.len;
    }
    bytes_free(&items);
    return error;
}

static void plan_compact(struct journal *journal)
{
    journal->compact_at = journal->size + GROW_LEAST + journal->size / 2;
}

int journal_open(struct journal *journal, const char *folder, journal_load *load, void *context)
{
    int error;

    journal_none(journal);
    if (mkdir(folder, 0700) && errno != EEXIST)
        return -errno;
    journal->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->folder < 0)
        return -errno;
    if (flock(journal->folder, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    unlinkat(journal->folder, "state.new", 0);
    journal->file = openat(journal->folder, "state", O_RDWR | O_CLOEXEC);
    if (journal->file < 0)
        return errno == ENOENT ? 0 : -errno;
    error = read_all(journal, load, context);
    if (error)
        return error;
    if (ftruncate(journal->file, (off_t)journal->size))
        return -errno;
    plan_compact(journal);
    return 1;
}

void journal_close(struct journal *journal)
{
    if (journal->file >= 0)
        close(journal->file);
    if (journal->folder >= 0)
        close(journal->folder);
    journal_none(journal);
}

int journal_append(struct journal *journal, const struct bytes *items)
{
    struct record record = {(uint32_t)items->len, 0};
    uint8_t small[1024], *whole = small;
    size_t len = sizeof(record) + items->len;
    int error;

    if (!items->len || (journal->file < 0 && journal->folder < 0))
        return 0;
    if (journal->file < 0 || items->len > RECORD_MOST)
        return -ENOSPC;
    if (len > sizeof(small))
        whole = mem_alloc(len);
    if (!whole)
        return -ENOMEM;
    record.sum = checksum(items->data, items->len);
    memcpy(whole, &record, sizeof(record));
    memcpy(whole + sizeof(record), items->data, items->len);
    error = full_write(journal->file, whole, len, journal->size);
    if (whole != small)
        free(whole);
    if (!error)
        journal->size += len;
    else if (ftruncate(journal->file, (off_t)journal->size))
        error = -EIO; /* what is left there has no valid checksum */
    return error;
}

bool journal_wants_compact(const struct journal *journal)
{
    return journal->size >= journal->compact_at;
}

/* A fresh file remembers its first error in compact_at, as a positive errno. */
void journal_emit(struct journal *fresh, struct bytes *items)
{
    int error = 0;

    if (!fresh->compact_at)
        error = items->failed ? -ENOMEM : journal_append(fresh, items);

    if (error)
        fresh->compact_at = (uint64_t)-error;
    bytes_clear(items);
}

int journal_compact(struct journal *journal, journal_save *save, void *context)
{
    static const uint32_t magic = MAGIC;
    struct journal fresh = {.folder = journal->folder, .size = sizeof(magic)};
    int error;

    if (journal->folder < 0)
        return 0;
    fresh.file = openat(journal->folder, "state.new", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fresh.file < 0)
        return -errno;
    error = full_write(fresh.file, &magic, sizeof(magic), 0);
    if (!error) {
        save(context, &fresh);
        error = -(int)fresh.compact_at;
    }
    if (!error && renameat(journal->folder, "state.new", journal->folder, "state"))
        error = -errno;
    if (error) {
        close(fresh.file);
        unlinkat(journal->folder, "state.new", 0);
        journal->compact_at = journal->size + GROW_LEAST;
        return error;
    }
    if (journal->file >= 0)
        close(journal->file);
    *journal = fresh;
    plan_compact(journal);
    return 0;
}
