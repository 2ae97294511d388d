/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the boot loader says: multiboot 1 and 2 as GRUB and QEMU write it, and as nobody should; the
 * command line's options.
 */
#include <stdlib.h>
#include <string.h>

#include "boot/multiboot.h"
#include "boot/options.h"
#include "unit.h"

/* -- a machine's memory from address 0 on */

static uint8_t memory[8192];
static uint64_t seen[8][3]; /* ranges of the map: start, end, type */
static unsigned int ranges, room;
static struct boot_info info;

static const void *map(void *context, uint64_t at, uint64_t bytes)
{
    (void)context;
    return at <= sizeof(memory) && bytes <= sizeof(memory) - at ? memory + at : NULL;
}

static bool range(void *context, uint64_t start, uint64_t end, uint32_t type)
{
    (void)context;
    if (ranges == room)
        return false;
    seen[ranges][0] = start;
    seen[ranges][1] = end;
    seen[ranges++][2] = type;
    return true;
}

static const struct boot_view view = {map, range, NULL};

static void fresh(void)
{
    memset(memory, 0, sizeof(memory));
    ranges = 0;
    room = ARRAY_SIZE(seen);
}

static void put32(uint32_t at, uint32_t v)
{
    memcpy(memory + at, &v, 4);
}

static void put64(uint32_t at, uint64_t v)
{
    memcpy(memory + at, &v, 8);
}

static const char *parse1(void)
{
    ranges = 0;
    return multiboot_parse(MULTIBOOT1_MAGIC, 0x100, &view, &info);
}

static const char *parse2(void)
{
    ranges = 0;
    return multiboot_parse(MULTIBOOT2_MAGIC, 0x100, &view, &info);
}

/* -- multiboot 1: the information at 0x100, modules at 0x200, map at 0x300, texts at 0x400 */

static void put_range1(uint32_t at, uint64_t start, uint64_t bytes, uint32_t type)
{
    put32(at, 20);
    put64(at + 4, start);
    put64(at + 12, bytes);
    put32(at + 20, type);
}

static void good1(void)
{
    fresh();
    put32(0x100, 0x4 | 0x8 | 0x40);
    put32(0x110, 0x400);
    put32(0x114, 2);
    put32(0x118, 0x200);
    put32(0x12c, 48);
    put32(0x130, 0x300);
    put32(0x200, 0x100000);
    put32(0x204, 0x180000);
    put32(0x208, 0x420);
    put32(0x210, 0x200000);
    put32(0x214, 0x200000);
    put_range1(0x300, 0, 0x9fc00, 1);
    put_range1(0x318, 0xfffffffffffff000, 0x2000, 2);
    strcpy((char *)memory + 0x400, "mortise console=com1");
    strcpy((char *)memory + 0x420, "vmlinux root=x");
}

static void multiboot1(void)
{
    good1();
    EXPECT(!parse1() && !strcmp(info.text, "mortise console=com1") && info.modules == 2 &&
           !info.rsdp_bytes);
    EXPECT(info.module[0].start == 0x100000 && info.module[0].end == 0x180000);
    EXPECT(!strcmp(info.module[0].text, "vmlinux root=x") && info.module[1].end == 0x200000 &&
           !*info.module[1].text);
    EXPECT(ranges == 2 && seen[0][1] == 0x9fc00 && seen[1][1] == ~0UL && seen[1][2] == 2);
    put32(0x100, 0x40);
    EXPECT(!parse1() && info.modules == 0 && !*info.text);
    put32(0x100, 0x8);
    EXPECT(parse1());
    good1();
    room = 1;
    EXPECT(parse1());
    EXPECT(multiboot_parse(0, 0x100, &view, &info));
    EXPECT(multiboot_parse(MULTIBOOT1_MAGIC, sizeof(memory) - 10, &view, &info));
}

static void multiboot1_wrong(void)
{
    good1();
    put32(0x204, 0xfffff); /* ends before it starts */
    EXPECT(parse1());
    good1();
    put32(0x118, 0xfffffff8); /* modules out of sight */
    EXPECT(parse1());
    good1();
    put32(0x130, 0xfffffff8);
    EXPECT(parse1());
    good1();
    put32(0x300, 0xfffffff0); /* a step beyond the map, and of nothing: ends the map */
    EXPECT(!parse1() && ranges == 1);
    put32(0x300, 0);
    EXPECT(!parse1() && ranges == 1);
    good1();
    put32(0x12c, 23); /* too short for one */
    EXPECT(!parse1() && ranges == 0);
    good1();
    put32(0x114, 0xffffffff);
    put32(0x118, 0x1800);
    EXPECT(!parse1() && info.modules == 64); /* only so many are looked at */
    good1();
    put32(0x110, sizeof(memory) - 3); /* a text that runs out of memory */
    memset(memory + sizeof(memory) - 3, 'x', 3);
    EXPECT(!parse1() && !strcmp(info.text, "xxx"));
    put32(0x110, 0x1000);
    memset(memory + 0x1000, 'y', 3000);
    EXPECT(!parse1() && strlen(info.text) == BOOT_TEXT - 1);
}

/* -- multiboot 2: tags from 0x108 on */

static uint32_t tag_at;

static uint32_t tag(uint32_t type, uint32_t bytes)
{
    uint32_t at = tag_at;

    put32(at, type);
    put32(at + 4, bytes);
    tag_at = (uint32_t)ROUND_UP(at + bytes, 8);
    put32(0x100, tag_at - 0x100);
    return at;
}

static uint32_t map_tag;

static void good2(void)
{
    uint32_t at;

    fresh();
    tag_at = 0x108;
    at = tag(1, 8 + 13);
    strcpy((char *)memory + at + 8, "mortise a=b c");
    at = tag(3, 16 + 5);
    put32(at + 8, 0x3000);
    put32(at + 12, 0x4000);
    strcpy((char *)memory + at + 16, "boot");
    at = map_tag = tag(6, 16 + 48);
    put32(at + 8, 24);
    put64(at + 16, 0);
    put64(at + 24, 0x80000);
    put32(at + 32, 1);
    put64(at + 40, 0x100000);
    put64(at + 48, 0x700000);
    put32(at + 56, 3);
    at = tag(14, 8 + 20);
    memcpy(memory + at + 8, "RSD PTR old", 11);
    at = tag(15, 8 + 36);
    memcpy(memory + at + 8, "RSD PTR new", 11);
    tag(0, 8);
}

static void multiboot2(void)
{
    good2();
    EXPECT(!parse2() && !strcmp(info.text, "mortise a=b c") && info.modules == 1);
    EXPECT(info.module[0].start == 0x3000 && info.module[0].end == 0x4000 &&
           !strcmp(info.module[0].text, "boot"));
    EXPECT(ranges == 2 && seen[0][1] == 0x80000 && seen[1][0] == 0x100000 &&
           seen[1][1] == 0x800000 && seen[1][2] == 3);
    EXPECT(info.rsdp_bytes == 36 && !memcmp(info.rsdp, "RSD PTR new", 11));
    put32(0x100, tag_at - 8 - 0x100); /* the end tag is missing: the length ends it */
    EXPECT(!parse2() && ranges == 2);
}

static void multiboot2_wrong(void)
{
    good2();
    put32(map_tag + 4, 7);
    EXPECT(parse2());
    put32(map_tag + 4, 0x10000);
    EXPECT(parse2());
    good2();
    put32(map_tag + 8, 23); /* entries smaller than they can be */
    EXPECT(parse2());
    put32(map_tag + 8, 0xffffffff);
    EXPECT(!parse2() && ranges == 0);
    good2();
    put32(map_tag, 77); /* no map */
    EXPECT(parse2());
    good2();
    room = 1;
    EXPECT(parse2());
    good2();
    put32(0x100, 0xffffffff); /* longer than memory: the first tag that can't be seen is wrong */
    EXPECT(!parse2());
    put32(tag_at - 8, 77);
    EXPECT(parse2());
    EXPECT(multiboot_parse(MULTIBOOT2_MAGIC, sizeof(memory) - 4, &view, &info));
}

/* A text ends with its tag, zero or not: the next tag is no part of it. */
static void multiboot2_texts_end_with_their_tags(void)
{
    uint32_t at;

    fresh();
    tag_at = 0x108;
    at = tag(1, 8 + 8);
    memcpy(memory + at + 8, "mortises", 8);
    at = tag(3, 16 + 8);
    memcpy(memory + at + 16, "vmlinuxx", 8);
    at = tag(3, 16);
    at = tag(6, 16);
    put32(at + 8, 24);
    tag(0, 8);
    EXPECT(!parse2() && !strcmp(info.text, "mortises") && info.modules == 2);
    EXPECT(!strcmp(info.module[0].text, "vmlinuxx") && !*info.module[1].text);
    good2();
    put32(0x10c, 8); /* an empty tag, the old text is rubbish behind it */
    put32(0x110, 99);
    put32(0x114, 16);
    EXPECT(!parse2() && !*info.text);
}

/* -- options */

static unsigned int complaints;
static struct options o;

static void complain(void *context, const char *what, const char *word)
{
    (void)context;
    (void)what;
    (void)word;
    complaints++;
}

static bool options(const char *text)
{
    complaints = 0;
    return options_parse(text, &o, complain, NULL);
}

static bool all_default(void)
{
    return !strcmp(o.console, "com1") && o.loglvl == 2 && !o.com1[0] && !o.dom0_mem &&
           !o.dom0_mem_min && !o.dom0_mem_max && !o.dom0_max_vcpus && !o.maxcpus && !o.noreboot &&
           !o.audit_at_end && !o.mitigations_off && !o.smap_off && !o.smep_off;
}

static void options_good(void)
{
    EXPECT(options("") && all_default() && !complaints);
    EXPECT(options("console=com2") && all_default()); /* the first word is the image */
    EXPECT(options("  mortise   console=com2 com1=115200,8n1  loglvl=all  ") &&
           !strcmp(o.console, "com2"));
    EXPECT(!strcmp(o.com1, "115200,8n1") && o.loglvl == 3 && !complaints);
    EXPECT(options("m dom0_mem=512M,max:1G,min:65536 dom0_max_vcpus=2 maxcpus=0x10 noreboot "
                   "audit=end mitigations=off "
                   "smap=off smep=off"));
    EXPECT(o.dom0_mem == 512UL << 20 && o.dom0_mem_max == 1UL << 30 &&
           o.dom0_mem_min == 64UL << 20);
    EXPECT(o.dom0_max_vcpus == 2 && o.maxcpus == 16 && o.noreboot && o.audit_at_end &&
           o.mitigations_off && o.smap_off && o.smep_off && !complaints);
    EXPECT(options("m dom0_mem=max:1G") && !o.dom0_mem && o.dom0_mem_max == 1UL << 30);
    EXPECT(options("m smap=on smep=on") && !complaints && !o.smap_off && !o.smep_off);
    EXPECT(options("m sched=credit mitigations=on loglvl=none") && !complaints && o.loglvl == 0);
}

/* A bad value is complained about, and leaves the default in force. */
static void options_bad(void)
{
    static const char *const words[] = {
        "m console=vga",
        "m console=",
        "m console",
        "m com1=",
        "m loglvl=loud",
        "m maxcpus=0",
        "m maxcpus=65536",
        "m maxcpus=1x",
        "m maxcpus=",
        "m dom0_max_vcpus=129",
        "m dom0_max_vcpus=99999999999999999999",
        "m sched=rr",
        "m noreboot=1",
        "m audit=always",
        "m mitigations=maybe",
        "m mitigations",
        "m smap=no",
        "m smap",
        "m smep=",
        "m unknown",
        "m consol=com1",
        "m consoles=com1",
        "m =",
        "m com1=0123456789012345678901234567890123456789012345678901234567890",
        "m "
        "unknown="
        "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "01234",
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
        EXPECT(options(words[i]) && complaints == 1);
        EXPECT(all_default());
    }
    EXPECT(options("m mitigations=off mitigations=maybe") && complaints == 1 && o.mitigations_off);
}

static void options_fatal(void)
{
    static const char *const words[] = {
        "m dom0_mem=",      "m dom0_mem",          "m dom0_mem=0",  "m dom0_mem=1G,",
        "m dom0_mem=1G,,2", "m dom0_mem=min:",     "m dom0_mem=1X", "m dom0_mem=,1G",
        "m dom0_mem=max:0", "m dom0_mem=99999999T"};

    for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
        EXPECT(!options(words[i]) && complaints == 1);
}

int main(void)
{
    RUN(multiboot1);
    RUN(multiboot1_wrong);
    RUN(multiboot2);
    RUN(multiboot2_wrong);
    RUN(multiboot2_texts_end_with_their_tags);
    RUN(options_good);
    RUN(options_bad);
    RUN(options_fatal);
    return UNIT_RESULT;
}
