/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text formatting: random formats of the conversions that lib/printk.h names, against the C
 * library's asprintf, and what is different on purpose. Also at every size of buffer: nothing is
 * written behind it, and the length is the whole text's.
 */
#include <stdlib.h>

#include "lib/printk.h"
#include "lib/string.h"
#include "unit.h"

static char libc_text[8192];
static int libc_length;

static bool agrees(const char *fmt, ...) __printf(1, 2);

/* Formats by both; true when they agree, at every size of buffer. */
static bool agrees(const char *fmt, ...)
{
    va_list args;
    char *text;
    bool ok = true;

    va_start(args, fmt);
    libc_length = vasprintf(&text, fmt, args);
    va_end(args);
    strlcpy(libc_text, text, sizeof(libc_text));
    free(text);
    for (int size = 0; size <= libc_length + 2 && size < 100; size++) {
        char *buf = malloc((size_t)size + 1);
        int n;

        memset(buf, 0x7e, (size_t)size + 1);
        va_start(args, fmt);
        n = vsnprintf(buf, (size_t)size, fmt, args);
        va_end(args);
        ok = ok && n == libc_length && buf[size] == 0x7e;
        if (size) {
            size_t shown = (size_t)MIN(size - 1, libc_length);

            ok = ok && !memcmp(buf, libc_text, shown) && !buf[shown];
        }
        free(buf);
    }
    if (!ok)
        printf("# format %s, the library says '%s'\n", fmt, libc_text);
    return ok;
}

static uint64_t random_number(void)
{
    static const uint64_t special[] = {0,         1,          9,          10,         ~0UL,
                                       1UL << 63, 0x7fffffff, 0x80000000, 0xffffffff, 1UL << 32};

    if (random() % 3 == 0)
        return special[random() % (long)ARRAY_SIZE(special)];
    return ((uint64_t)random() << 33 ^ (uint64_t)random() << 2) >> (random() % 64);
}

/* Flags that C gives a meaning for the conversion: 0 none after -, + only for signed. */
static void random_format(char *fmt, size_t size, char conversion, const char *length)
{
    static const char *const flags[] = {"", "0", "-", "+", "+0", "-+"};
    const char *flag = flags[random() % (conversion == 'd' ? 6 : 3)];
    char width[24] = "";

    if (random() % 2)
        snprintf(width, sizeof(width), "%u", (unsigned int)(random() % 30) + 1);
    snprintf(fmt, size, "<%%%s%s%s%c>", flag, width, length, conversion);
}

static void numbers(void)
{
    static const char conversions[] = "duxX";
    char fmt[64];

    srandom(4);
    for (unsigned int i = 0; i < 4000; i++) {
        char c = conversions[random() % 4];
        uint64_t v = random_number();

        random_format(fmt, sizeof(fmt), c, "l");
        EXPECT(agrees(fmt, v));
        random_format(fmt, sizeof(fmt), c, "ll");
        EXPECT(agrees(fmt, v));
        random_format(fmt, sizeof(fmt), c, "z");
        EXPECT(agrees(fmt, v));
        random_format(fmt, sizeof(fmt), c, "");
        EXPECT(agrees(fmt, (unsigned int)v));
    }
    EXPECT(agrees("%.5d|%.1u|%.12lx|%8.3d|%-8.3d|", 42, 42U, 0xabcUL, -7, -7));
    EXPECT(agrees("%*d|%-*d|%.*u", 6, 42, 6, 42, 4, 7U));
}

static void texts(void)
{
    const char *none = NULL;
    char s[16];

    EXPECT(agrees("%s|%10s|%-10s|%.2s|%10.2s|%-4.9s|%.*s", "abc", "abc", "abc", "abc", "abc", "abc",
                  1, "abc"));
    EXPECT(agrees("%c%c%%|%s", 'x', 'y', ""));
    snprintf(s, sizeof(s), "%s|%.3s", none, none);
    EXPECT(!strcmp(s, "(null)|(nu"));
    s[0] = 'a'; /* not ended by a zero: the precision is the bound */
    s[1] = 'b';
    EXPECT(agrees("%.2s", s));
}

/*
 * Pointers are sixteen digits without a prefix; what is unknown shows itself and takes no argument.
 */
static void our_own(void)
{
    char s[64];

    snprintf(s, sizeof(s), "%p", (void *)0xffff818000001234);
    EXPECT(!strcmp(s, "ffff818000001234"));
    snprintf(s, sizeof(s), "%p", (void *)0x10);
    EXPECT(!strcmp(s, "0000000000000010"));
    EXPECT(snprintf(s, sizeof(s), "a%") == 2 && !strcmp(s, "a?"));
    EXPECT(snprintf(s, sizeof(s), "%y%d", 5) == 2 && !strcmp(s, "?5"));
    EXPECT(snprintf(s, sizeof(s), "%-08x|", 5) == 9 && !strcmp(s, "5       |"));
    EXPECT(snprintf(NULL, 0, "%s", "abc") == 3);
}

int main(void)
{
    RUN(numbers);
    RUN(texts);
    RUN(our_own);
    return UNIT_RESULT;
}
