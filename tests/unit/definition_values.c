/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms of single values in guests' definitions, at their bounds.
 */
#include <string.h>

#include "definition.h"
#include "unit.h"

static void numbers(void)
{
    uint64_t value = 7;
    int64_t number;

    EXPECT(value_unsigned("0", 0, &value) && value == 0);
    EXPECT(value_unsigned("18446744073709551615", UINT64_MAX, &value) && value == UINT64_MAX);
    EXPECT(!value_unsigned("18446744073709551616", UINT64_MAX, &value));
    EXPECT(!value_unsigned("", 9, &value) && !value_unsigned("1x", 9, &value));
    EXPECT(!value_unsigned("-1", 9, &value) && !value_unsigned("10", 9, &value));
    EXPECT(value_signed("-3600", &number) && number == -3600);
    EXPECT(value_signed("+5", &number) && number == 5);
    EXPECT(!value_signed("--5", &number) && !value_signed("-", &number));
    EXPECT(!value_signed("9223372036854775808", &number));
}

static void sizes(void)
{
    uint64_t kib;

    EXPECT(value_size_kib("512", NULL, &kib) && kib == 512);
    EXPECT(value_size_kib("1025", "b", &kib) && kib == 2);
    EXPECT(value_size_kib("1024", "bytes", &kib) && kib == 1);
    EXPECT(value_size_kib("1", "KB", &kib) && kib == 1);
    EXPECT(value_size_kib("1000", "KB", &kib) && kib == 977);
    EXPECT(value_size_kib("2", "MiB", &kib) && kib == 2048);
    EXPECT(value_size_kib("2", "g", &kib) && kib == 2 << 20);
    EXPECT(value_size_kib("1", "TiB", &kib) && kib == 1u << 30);
    EXPECT(!value_size_kib("1", "pages", &kib) && !value_size_kib("", "KiB", &kib));
    EXPECT(!value_size_kib("18014398509481984", "KiB", &kib)); /* 2^64 bytes */
}

static void uuids_and_macs(void)
{
    uint8_t uuid[16], mac[6];

    EXPECT(value_uuid("00112233-4455-6677-8899-aabbccddeeff", uuid));
    EXPECT(uuid[0] == 0 && uuid[1] == 0x11 && uuid[15] == 0xff && uuid[8] == 0x88);
    EXPECT(value_uuid("00112233445566778899AABBCCDDEEFF", uuid) && uuid[10] == 0xaa);
    EXPECT(!value_uuid("00112233-4455-6677-8899-aabbccddeef", uuid));
    EXPECT(!value_uuid("0011223304455-6677-8899-aabbccddeeff", uuid));
    EXPECT(!value_uuid("00112233-4455-6677-8899-aabbccddeefg", uuid));
    EXPECT(value_mac("00:16:3E:01:02:ff", mac) && mac[2] == 0x3e && mac[5] == 0xff);
    EXPECT(!value_mac("00:16:3e:01:02", mac) && !value_mac("00-16-3e-01-02-03", mac));
    EXPECT(!value_mac("00:16:3e:01:02:g3", mac));
}

static const char *set_again(const char *text)
{
    static char out[1024];
    struct hvctl_cpuset set;

    if (!value_cpuset(text, &set)) {
        return "none";
    }
    value_cpuset_format(&set, out, sizeof(out));
    return out;
}

static void cpusets(void)
{
    EXPECT(!strcmp(set_again("0"), "0"));
    EXPECT(!strcmp(set_again("1-4,^3,6"), "1-2,4,6"));
    EXPECT(!strcmp(set_again("255, 0-63 ,64"), "0-64,255"));
    EXPECT(!strcmp(set_again("256"), "none") && !strcmp(set_again("4-1"), "none"));
    EXPECT(!strcmp(set_again(""), "none") && !strcmp(set_again("1,"), "none"));
    EXPECT(!strcmp(set_again("1,^1"), "none") && !strcmp(set_again("-1"), "none"));
    EXPECT(!strcmp(set_again("99999999999999999999"), "none"));
    EXPECT(!strcmp(set_again("0-255"), "0-255"));
}

/* A set that does not fit is cut, never written past its end. */
static void cpuset_that_does_not_fit(void)
{
    struct hvctl_cpuset set = {.word = {0x5555, 0x5555, 0, 0x5555}};
    char small[8];

    value_cpuset_format(&set, small, sizeof(small));
    EXPECT(strlen(small) < sizeof(small) && !strncmp(small, "0,2,4", 5));
}

static void names(void)
{
    char longest[66];

    memset(longest, 'a', sizeof(longest));
    longest[63] = '\0';
    EXPECT(!value_name_wrong(longest));
    longest[63] = 'a';
    longest[64] = '\0';
    EXPECT(value_name_wrong(longest));
    EXPECT(!value_name_wrong("web-1.a_b+c") && !value_name_wrong("7up"));
    EXPECT(value_name_wrong("") && value_name_wrong("12") && value_name_wrong("a b"));
    EXPECT(value_name_wrong("../a") && value_name_wrong("-a") && value_name_wrong(".a"));
    EXPECT(value_name_wrong("a/b") && value_name_wrong("Domain-0") && value_name_wrong("a\n"));
    EXPECT(value_name_wrong("00112233-4455-6677-8899-aabbccddeeff"));
    EXPECT(value_interface("xenbr0") && value_interface("vif1.0"));
    EXPECT(!value_interface("") && !value_interface("..") && !value_interface("a/b"));
    EXPECT(value_interface("abcdefghijklmno") && !value_interface("abcdefghijklmnop"));
    EXPECT(value_disk_target("xvda") && value_disk_target("xvdzz") && value_disk_target("xvda15"));
    EXPECT(!value_disk_target("xvd") && !value_disk_target("xvda0") && !value_disk_target("hda"));
    EXPECT(!value_disk_target("xvda16") && !value_disk_target("xvdaaa"));
    EXPECT(!value_disk_target("xvda01"));
}

int main(void)
{
    RUN(numbers);
    RUN(sizes);
    RUN(uuids_and_macs);
    RUN(cpusets);
    RUN(cpuset_that_does_not_fit);
    RUN(names);
    return UNIT_RESULT;
}
