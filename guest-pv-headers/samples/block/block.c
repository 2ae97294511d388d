/* SPDX-License-Identifier: MIT */
/*
 * block: reads its first disk from end to end and prints the CRC-32 of it, as zlib counts it.
 *
 * With write=1 it first writes a pattern over the second half, and flushes. A guest only.
 */
#include <pv/device.h>
#include <pv/memory.h>

#define SECTORS 88u /* of a request: 11 pages */

static uint32_t table[256];

static void crc_start(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;

        for (unsigned int bit = 0; bit < 8; bit++) {
            value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
        }
        table[i] = value;
    }
}

static uint32_t crc_add(uint32_t crc, const unsigned char *bytes, size_t count)
{
    for (crc = ~crc; count > 0; count--) {
        crc = crc >> 8 ^ table[(crc ^ *bytes++) & 255];
    }
    return ~crc;
}

/* Every 8 bytes are their own place on the disk. */
static int fill(struct pv_block *disk, unsigned char *buffer)
{
    int result = 0;

    for (uint64_t at = disk->sectors / 2; at < disk->sectors && result == 0; at += SECTORS) {
        uint64_t left = disk->sectors - at, *words = (uint64_t *)buffer;
        unsigned int count = left < SECTORS ? (unsigned int)left : SECTORS;

        for (unsigned int i = 0; i < count * 64; i++) {
            words[i] = at * 512 + i * 8;
        }
        result = pv_block_write(disk, at, buffer, count);
    }
    return result == 0 ? pv_block_flush(disk) : result;
}

int guest_main(void)
{
    static struct pv_block disk;
    unsigned char *buffer = pv_pages_alloc(SECTORS / 8);
    uint64_t begun = pv_time();
    uint32_t crc = 0;
    int result = pv_block_open(&disk, 0);
    uint64_t sectors = disk.sectors;

    if (result < 0) {
        pv_printf("block: FAILED: no disk (%d)\n", result);
        return 1;
    }
    pv_printf("block: %s, %lu sectors%s\n", disk.folder, sectors,
              disk.readonly ? ", read-only" : "");
    crc_start();
    if (pv_option_number("write", 0) == 1) {
        result = fill(&disk, buffer);
    }
    for (uint64_t at = 0; at < sectors && result == 0; at += SECTORS) {
        uint64_t left = sectors - at;
        unsigned int count = left < SECTORS ? (unsigned int)left : SECTORS;

        result = pv_block_read(&disk, at, buffer, count);
        crc = crc_add(crc, buffer, count * 512ul);
    }
    if (pv_block_close(&disk) < 0 && result == 0) {
        result = -XEN_EBUSY;
    }
    if (result < 0) {
        pv_printf("block: FAILED: error %d\n", result);
        return 1;
    }
    pv_printf("block: done, crc32 %08x, %lu KiB in %lu ms\n", crc, sectors / 2,
              (pv_time() - begun) / 1000000);
    return 0;
}
