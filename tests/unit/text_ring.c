/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring of text: order, overwriting, and writers on several threads whose lines must come out
 * whole.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kern/text_ring.h"
#include "unit.h"

#define SIZE  4096
#define LINES 20000

static char buffer[SIZE];
static struct text_ring ring;
static uint32_t writing;

static void fresh(void)
{
    memset(buffer, 0, sizeof(buffer));
    ring = (struct text_ring){.buf = buffer, .size = SIZE};
}

static void what_goes_in_comes_out(void)
{
    uint64_t pos = 0;
    char out[64];

    fresh();
    text_ring_put(&ring, "hello ", 6);
    text_ring_put(&ring, "world", 5);
    EXPECT(text_ring_end(&ring) == 11);
    EXPECT(text_ring_read(&ring, &pos, out, 4) == 4 && !memcmp(out, "hell", 4) && pos == 4);
    EXPECT(text_ring_read(&ring, &pos, out, sizeof(out)) == 7 && !memcmp(out, "o world", 7));
    EXPECT(text_ring_read(&ring, &pos, out, sizeof(out)) == 0);
}

static void the_oldest_is_overwritten(void)
{
    uint64_t pos = 0;
    char out[SIZE];
    unsigned int i;

    fresh();
    for (i = 0; i < 2 * SIZE; i++) {
        char c = (char)('a' + i % 26);

        text_ring_put(&ring, &c, 1);
    }
    EXPECT(text_ring_start(&ring) == SIZE);
    EXPECT(text_ring_read(&ring, &pos, out, sizeof(out)) == SIZE && pos == 2 * SIZE);
    EXPECT(out[0] == 'a' + SIZE % 26);
    pos = 3; /* lost: reading starts at what is there */
    EXPECT(text_ring_read(&ring, &pos, out, 1) == 1 && pos == SIZE + 1);
}

static void too_much_is_cut(void)
{
    static char big[2 * SIZE];

    fresh();
    text_ring_put(&ring, big, sizeof(big));
    EXPECT(text_ring_end(&ring) == SIZE / 4);
}

static void unfinished_text_is_not_shown(void)
{
    uint64_t pos = 0;
    char out[8];

    fresh();
    ring.writers = 1; /* a writer that an NMI interrupted between its place and its copy */
    ring.head = 3;
    text_ring_put(&ring, "nmi", 3);
    EXPECT(text_ring_read(&ring, &pos, out, sizeof(out)) == 0);
    ring.writers = 0;
    text_ring_put(&ring, "x", 1);
    EXPECT(text_ring_end(&ring) == 7);
}

static void *writer(void *arg)
{
    char line[32];
    unsigned int i;

    for (i = 0; i < LINES; i++) {
        int n = snprintf(line, sizeof(line), "<%c%08u>\n", *(char *)arg, i);

        text_ring_put(&ring, line, (size_t)n);
    }
    __atomic_fetch_sub(&writing, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void threads_do_not_mix_lines(void)
{
    pthread_t threads[3];
    char names[3] = {'A', 'B', 'C'}, line[32], out[256];
    uint64_t pos = 0, before;
    unsigned int i, at = 0, good = 0;
    size_t n, k;

    fresh();
    writing = 3;
    for (i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, writer, &names[i]);
    for (;;) {
        bool over = !__atomic_load_n(&writing, __ATOMIC_SEQ_CST);

        before = pos;
        n = text_ring_read(&ring, &pos, out, sizeof(out));
        if (!n && over)
            break;
        if (pos - n != before)
            at = 0; /* something was overwritten: look for the next whole line */
        for (k = 0; k < n; k++) {
            if (out[k] == '<')
                at = 0;
            else if (!at)
                continue;
            line[at++] = out[k];
            if (out[k] == '\n') {
                EXPECT(at == 12 && line[10] == '>' && line[1] >= 'A' && line[1] <= 'C');
                good++;
                at = 0;
            }
            if (at == sizeof(line))
                at = 0;
        }
    }
    for (i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    EXPECT(good > 0);
    EXPECT(text_ring_end(&ring) == 3UL * LINES * 12);
}

int main(void)
{
    RUN(what_goes_in_comes_out);
    RUN(the_oldest_is_overwritten);
    RUN(too_much_is_cut);
    RUN(unfinished_text_is_not_shown);
    RUN(threads_do_not_mix_lines);
    return UNIT_RESULT;
}
