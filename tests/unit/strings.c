/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bits, memory and string functions, numbers and sizes: against models that go byte by byte and bit
 * by bit.
 */
#include <stdlib.h>

#include "lib/bits.h"
#include "lib/muldiv.h"
#include "lib/string.h"
#include "unit.h"

static unsigned int next_model(const uint64_t *map, unsigned int size, unsigned int from, bool set)
{
    for (; from < size; from++)
        if (bit_test(map, from) == set)
            return from;
    return size;
}

static void bitmap_searches(void)
{
    static uint64_t map[5];

    srandom(2);
    for (unsigned int n = 0; n < 20000; n++) {
        unsigned int size = 1 + (unsigned int)random() % 320, from = (unsigned int)random() % 330;
        unsigned int kind = (unsigned int)random() % 3;

        for (unsigned int i = 0; i < 5; i++)
            map[i] = kind == 0 ? 0 : kind == 1 ? ~0UL : 0;
        for (unsigned int i = 0; i < 3; i++) {
            if (kind == 1)
                bit_clear_nonatomic(map, (unsigned int)random() % 320);
            else
                bit_set_nonatomic(map, (unsigned int)random() % 320);
        }
        EXPECT(bitmap_next_set(map, size, from) == next_model(map, size, from, true));
        EXPECT(bitmap_next_clear(map, size, from) == next_model(map, size, from, false));
    }
}

static void single_bits(void)
{
    uint64_t map[2] = {0};

    for (unsigned int i = 0; i < 128; i++) {
        EXPECT(!bit_test_and_set(map, i) && bit_test(map, i) && bit_test_and_set(map, i));
        EXPECT(map[i / 64] == BIT(i % 64) && map[!(i / 64)] == 0);
        EXPECT(bit_test_and_clear(map, i) && !bit_test(map, i) && !bit_test_and_clear(map, i));
        bit_set(map, i);
        EXPECT(map[i / 64] == BIT(i % 64));
        bit_clear(map, i);
        EXPECT(!map[0] && !map[1]);
    }
    EXPECT(bit_width(0) == 0 && bit_count(0) == 0);
    for (unsigned int i = 0; i < 64; i++) {
        EXPECT(bit_lowest(~0UL << i) == i && bit_width(~0UL >> i) == 64 - i);
        EXPECT(bit_count(~0UL << i) == 64 - i && bit_count(1UL << i) == 1);
    }
}

static bool same(const char *a, const char *b, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Every length, offset and overlap within a few words. */
static void moves(void)
{
    char a[96], b[96];

    for (unsigned int n = 0; n <= 40; n++) {
        for (unsigned int from = 0; from < 24; from++) {
            for (unsigned int to = 0; to < 24; to++) {
                for (unsigned int i = 0; i < 96; i++)
                    a[i] = b[i] = (char)(i * 7 + 1);
                for (unsigned int i = 0; i < n; i++)
                    b[to + i] = (char)((from + i) * 7 + 1);
                EXPECT(memmove(a + to, a + from, n) == a + to && same(a, b, 96));
                if (from + n > to && to + n > from)
                    continue;
                for (unsigned int i = 0; i < 96; i++)
                    a[i] = (char)(i * 7 + 1);
                EXPECT(memcpy(a + to, a + from, n) == a + to && same(a, b, 96));
            }
        }
    }
}

static void fills_and_compares(void)
{
    char a[64], b[64];

    for (unsigned int at = 0; at < 16; at++) {
        for (unsigned int n = 0; n <= 40; n++) {
            for (unsigned int i = 0; i < 64; i++)
                a[i] = b[i] = 1;
            for (unsigned int i = 0; i < n; i++)
                b[at + i] = (char)0xa5;
            EXPECT(memset(a + at, 0x7a5, n) == a + at && same(a, b, 64));
            EXPECT(!memcmp(a, b, 64));
            if (!n)
                continue;
            a[at + n - 1] = 0;
            EXPECT(memcmp(a, b, 64) < 0 && memcmp(b, a, 64) > 0 && !memcmp(a, b, at + n - 1));
        }
    }
}

static void texts(void)
{
    char to[4];

    EXPECT(strlen("") == 0 && strlen("abc") == 3 && strnlen("abc", 2) == 2 &&
           strnlen("abc", 9) == 3);
    EXPECT(!strcmp("", "") && strcmp("a", "b") < 0 && strcmp("b", "a") > 0 &&
           strcmp("a", "ab") < 0);
    EXPECT(strcmp("\xff", "a") > 0 && strncmp("\xff", "a", 1) > 0);
    EXPECT(!strncmp("abc", "abd", 2) && strncmp("abc", "abd", 3) < 0 && !strncmp("a", "b", 0));
    EXPECT(!strncmp("ab", "ab", 9) && strncmp("ab", "abc", 9) < 0);
    EXPECT(!strchr("abc", 'd') && *strchr("abc", 'c') == 'c' && !*strchr("abc", 0));
    EXPECT(!strstr("abc", "bd") && *strstr("aabab", "abab") == 'a' && !*strstr("", ""));
    EXPECT(strstr("abc", "") && !strstr("", "a") && *strstr("xyz", "z") == 'z');
    to[3] = 'x';
    EXPECT(strlcpy(to, "abcdef", 3) == 6 && !strcmp(to, "ab") && to[3] == 'x');
    EXPECT(strlcpy(to, "ab", 3) == 2 && !strcmp(to, "ab") && strlcpy(to, "q", 0) == 1 &&
           to[0] == 'a');
}

struct number {
    const char *text;
    bool ok;
    uint64_t value;
    const char *rest;
};

static void numbers(void)
{
    static const struct number good[] = {
        {"0", true, 0, ""},
        {"10x", true, 10, "x"},
        {"0x1F,", true, 31, ","},
        {"0Xabg", true, 0xab, "g"},
        {"18446744073709551615", true, ~0UL, ""},
        {"0xffffffffffffffff", true, ~0UL, ""},
        {"07", true, 7, ""},
        {"18446744073709551616", false, 0, ""},
        {"0x10000000000000000", false, 0, ""},
        {"", false, 0, ""},
        {"0x", false, 0, ""},
        {"x", false, 0, ""},
        {"-1", false, 0, ""},
        {" 1", false, 0, ""},
        {"/", false, 0, ""},
        {":", false, 0, ""},
        {"99999999999999999999999", false, 0, ""},
    };
    const char *end;
    uint64_t v;

    for (unsigned int i = 0; i < ARRAY_SIZE(good); i++) {
        bool ok = parse_u64(good[i].text, &end, 0, &v);

        EXPECT(ok == good[i].ok);
        EXPECT(!ok || (v == good[i].value && !strcmp(end, good[i].rest)));
    }
    EXPECT(parse_u64("ff", &end, 16, &v) && v == 255 && parse_u64("778", &end, 8, &v) &&
           v == 0x3f && *end == '8');
}

static void sizes(void)
{
    static const struct number good[] = {
        {"1", true, 512, ""},
        {"1k", true, 1024, ""},
        {"1K,", true, 1024, ","},
        {"3M", true, 3UL << 20, ""},
        {"2g", true, 2UL << 30, ""},
        {"1T", true, 1UL << 40, ""},
        {"1 ", true, 512, " "},
        {"1b", true, 512, "b"},
        {"0x10k", true, 16384, ""},
        {"16777215T", true, 16777215UL << 40, ""},
        {"16777216T", false, 0, ""},
        {"k", false, 0, ""},
        {"36028797018963968", false, 0, ""},
        {"\xeb", false, 0, ""},
        {"1\xeb", true, 512, "\xeb"},
    };
    const char *end;
    uint64_t v;

    for (unsigned int i = 0; i < ARRAY_SIZE(good); i++) {
        bool ok = parse_size(good[i].text, &end, 512, &v);

        EXPECT(ok == good[i].ok);
        EXPECT(!ok || (v == good[i].value && !strcmp(end, good[i].rest)));
    }
}

static void muldiv(void)
{
    srandom(3);
    for (unsigned int i = 0; i < 20000; i++) {
        uint64_t a = ((uint64_t)random() << 33 ^ (uint64_t)random() << 2) >> (random() % 64);
        uint64_t b = ((uint64_t)random() << 33 ^ (uint64_t)random() << 2) >> (random() % 64);
        uint64_t c = 1 + (((uint64_t)random() << 33 ^ (uint64_t)random()) >> (random() % 64));
        unsigned __int128 q = (unsigned __int128)a * b / c;

        EXPECT(mul_div(a, b, c) == (q >> 64 ? ~0UL : (uint64_t)q));
    }
}

int main(void)
{
    RUN(bitmap_searches);
    RUN(single_bits);
    RUN(moves);
    RUN(fills_and_compares);
    RUN(texts);
    RUN(numbers);
    RUN(sizes);
    RUN(muldiv);
    return UNIT_RESULT;
}
