/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions, console, interrupts of devices, and numbers that are no calls.
 */
#include "../../../guest/pci/pci.h"
#include "fuzz.h"

#define CALL __HYPERVISOR_physdev_op

void op_version(void)
{
    static struct {
        char bytes[2048];
    } out[SIDES];
    unsigned int sub = wanted_sub(__HYPERVISOR_xen_version, lie() ? pick(256) : pick(11));
    unsigned int part =
        PART(12, {__HYPERVISOR_console_io, 0, 95, 0}, {__HYPERVISOR_xenpmu_op, 0, 95, 3},
             {__HYPERVISOR_xen_version, 0, 95, 5});
    char *buffer = out[side()->id].bytes;
    uint64_t *few = room(64);
    long answer;
    bool empty;

    if (part < 3) {
        sub = wanted_sub(__HYPERVISOR_console_io, lie() ? pick(64) : pick(2));
        /* Text would only be in the way: a length of 0, or one that can't be read. */
        issue(__HYPERVISOR_console_io, sub, sub, one_in(4) ? (sub == 0 ? 64 : 1u << 31) : 0,
              sub == 0 ? (uint64_t)side()->room + PAGE_SIZE : (uint64_t)pointer(few), 0);
        return;
    }
    if (part < 5) {
        few[0] = lie() ? nasty() : 1;
        sub = wanted_sub(__HYPERVISOR_xenpmu_op, pick(8));
        issue(__HYPERVISOR_xenpmu_op, sub, sub, (uint64_t)pointer(few), 0, 0);
        return;
    }
    memset(buffer, 0, 16);
    *(uint32_t *)buffer = sub == XENVER_build_id ? 64 : lie();
    empty = sub == XENVER_build_id && one_in(2);
    answer = issue_quietly(__HYPERVISOR_xen_version, sub, sub,
                           sub == XENVER_pagesize ? lie()
                           : empty                ? 0
                                                  : (uint64_t)pointer(buffer),
                           0, 0);
    file(__HYPERVISOR_xen_version, sub < 90 ? sub : 90, answer > 0 ? 1 : answer);
}

void op_unknown(void)
{
    static const uint8_t calls[] = {6,  11, 16, 19, 27, 31, 34, 37, 38, 39, 41, 42, 43, 44,
                                    45, 46, 47, 49, 50, 51, 52, 53, 54, 56, 57, 58, 63};
    unsigned int call = calls[pick(ARRAY_SIZE(calls))];

    issue(call, 0, pick(32), (uint64_t)pointer(room(64)), nasty(), 0);
}

/* What a program has mapped, for the next one to find it free. */
static uint32_t mapped[SIDES][16];
/* Numbers set aside for messages, until there was none; and a device that sends messages. */
static uint32_t reserved[SIDES][1024];
static unsigned int reserved_count[SIDES];
static int sender;
static uint64_t sender_table;

void questions_start(void)
{
    unsigned int devfn, at;

    if (!controlling || comparing) {
        return;
    }
    devfn = device_find(DEVICE_RNG);
    at = capability_find(devfn, CAPABILITY_MSIX);
    sender = (int)devfn;
    sender_table = bar_start(devfn, config_read(devfn, at + 4, 4) & 7);
}

static void numbers_take(void)
{
    unsigned int id = side()->id;
    struct physdev_get_free_pirq get = {.type = MAP_PIRQ_TYPE_MSI};

    while (reserved_count[id] < ARRAY_SIZE(reserved[id]) &&
           hcall(CALL, PHYSDEVOP_get_free_pirq, &get) == 0) {
        reserved[id][reserved_count[id]++] = get.pirq;
    }
}

static void unmap_number(uint32_t number)
{
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF, .pirq = (int)number};

    hcall(CALL, PHYSDEVOP_unmap_pirq, &unmap);
}

void pirqs_reset(void)
{
    for (unsigned int id = 0; id < SIDES; id++) {
        for (unsigned int i = 0; i < 16; i++) {
            if (mapped[id][i] != 0) {
                unmap_number(mapped[id][i]);
            }
            mapped[id][i] = 0;
        }
        while (reserved_count[id] != 0) {
            unmap_number(reserved[id][--reserved_count[id]]);
        }
    }
}

/* The last sixteen: what falls out is unmapped at once. */
static void map_remember(uint32_t pirq)
{
    uint32_t *list = mapped[side()->id];

    if (list[0] != 0) {
        unmap_number(list[0]);
    }
    memcpy(list, list + 1, 15 * sizeof(*list));
    list[15] = pirq;
}

static void pirqs(void)
{
    struct physdev_map_pirq *map = room(sizeof(*map));
    struct physdev_unmap_pirq *unmap = room(sizeof(*unmap));
    struct physdev_setup_gsi *gsi = room(sizeof(*gsi));
    struct physdev_get_free_pirq *get = room(sizeof(*get));

    switch (PART(4, {CALL, 13, 13, 0}, {CALL, 14, 14, 1}, {CALL, 21, 21, 2}, {CALL, 23, 23, 3})) {
    case 0:
        map->domid = some_domid();
        map->type = lie() ? (int)nasty() : one_in(8) ? (int)pick(6) : MAP_PIRQ_TYPE_GSI;
        map->index = lie() ? (int)nasty() : (int)pick(24);
        map->pirq = one_in(2) ? -1 : lie() ? (int)nasty() : map->index;
        map->bus = lie() ? (int)nasty() : 0;
        map->devfn = 8 * (int)pick(5);
        map->table_base = lie() ? nasty() : 0;
        if (sender != 0 && one_in(8)) {
            map->type = MAP_PIRQ_TYPE_MSI_SEG;
            map->pirq = -1;
            map->bus = 0;
            map->devfn = sender;
            map->entry_nr = (int)pick(4);
            map->table_base = sender_table;
            if (one_in(8)) {
                numbers_take();
            }
        }
        if (issue(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, PHYSDEVOP_map_pirq,
                  (uint64_t)pointer(map), 0, 0) == 0) {
            map_remember((uint32_t)map->pirq);
        }
        break;
    case 1:
        unmap->domid = some_domid();
        unmap->pirq = lie() ? (int)nasty() : (int)pick(24);
        issue(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, PHYSDEVOP_unmap_pirq,
              (uint64_t)pointer(unmap), 0, 0);
        break;
    case 2:
        gsi->gsi = lie() ? (int)nasty() : (int)pick(24);
        gsi->triggering = (uint8_t)pick(2);
        gsi->polarity = (uint8_t)pick(2);
        issue(__HYPERVISOR_physdev_op, PHYSDEVOP_setup_gsi, PHYSDEVOP_setup_gsi,
              (uint64_t)pointer(gsi), 0, 0);
        break;
    default:
        get->type = (int)pick(4);
        issue(__HYPERVISOR_physdev_op, PHYSDEVOP_get_free_pirq, PHYSDEVOP_get_free_pirq,
              (uint64_t)pointer(get), 0, 0);
        break;
    }
}

static void devices(void)
{
    static const uint8_t subs[] = {15, 16, 19, 20, 24, 25, 26, 27, 30, 31};
    unsigned int sub = wanted_sub(CALL, subs[pick(ARRAY_SIZE(subs))]);
    uint8_t *argument = room(64);

    if (comparing && sub >= PHYSDEVOP_prepare_msix) {
        return; /* Xen dies of a device that is not there */
    }
    /* Old forms are bus and devfn, new ones a segment before them; 1.0 is the bridge. */
    argument[sub >= 24 ? 3 : 1] = (uint8_t)(lie() ? pick(256) : 8 * pick(4));
    argument[0] = (uint8_t)(lie() ? pick(256) : 0);
    if (sub == PHYSDEVOP_pci_mmcfg_reserved) {
        argument[14] = (uint8_t)pick(4); /* buses, from and to */
        argument[15] = (uint8_t)(lie() ? 0 : 4 + pick(250));
    }
    issue(__HYPERVISOR_physdev_op, sub, sub, (uint64_t)pointer(argument), 0, 0);
}

void op_physdev(void)
{
    uint64_t *argument = room(64);
    struct physdev_apic *apic = room(sizeof(*apic));
    struct physdev_set_iobitmap *bitmap = room(sizeof(*bitmap));
    unsigned int sub;

    switch (PART(10, {CALL, 5, 5, 0}, {CALL, 12, 12, 0}, {CALL, 6, 6, 1}, {CALL, 7, 7, 2},
                 {CALL, 8, 9, 3}, {CALL, 10, 10, 4}, {CALL, 17, 17, 5}, {CALL, 28, 28, 5},
                 {CALL, 13, 14, 6}, {CALL, 21, 21, 6}, {CALL, 23, 23, 6}, {CALL, 15, 31, 8},
                 {CALL, 4, 95, 9})) {
    case 0:
        *argument = lie() ? nasty() : pick(24);
        sub = wanted_sub(CALL, one_in(2) ? PHYSDEVOP_irq_status_query : PHYSDEVOP_eoi);
        issue(__HYPERVISOR_physdev_op, sub, sub, (uint64_t)pointer(argument), 0, 0);
        break;
    case 1:
        *argument = lie() ? nasty() : pick(4);
        issue(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PHYSDEVOP_set_iopl,
              (uint64_t)pointer(argument), 0, 0);
        break;
    case 2:
        set_xen_guest_handle(bitmap->bitmap, pointer(argument));
        bitmap->nr_ports = lie() ? (uint32_t)nasty() : 256 * pick(256);
        issue(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, PHYSDEVOP_set_iobitmap,
              (uint64_t)pointer(bitmap), 0, 0);
        break;
    case 3:
        apic->apic_physbase = lie() ? nasty() : 0xfec00000;
        apic->reg = lie() ? (uint32_t)nasty() : pick(64);
        sub = wanted_sub(CALL, one_in(4) ? PHYSDEVOP_apic_write : PHYSDEVOP_apic_read);
        if (comparing) {
            break; /* Xen believes its control domain, and dies of what it finds in there */
        }
        if (sub == PHYSDEVOP_apic_write) {
            /* To where it stands, or to lines that are masked: an interrupt must go on. */
            apic->reg = lie() ? (uint32_t)nasty() : 0x10 + 2 * (16 + pick(8));
            apic->value = 0x10000;
        }
        issue(CALL, sub, sub, (uint64_t)pointer(apic), 0, 0);
        break;
    case 4:
        *argument = lie() ? nasty() : pick(24);
        issue(__HYPERVISOR_physdev_op, PHYSDEVOP_alloc_irq_vector, PHYSDEVOP_alloc_irq_vector,
              (uint64_t)pointer(argument), 0, 0);
        break;
    case 5:
        sub = wanted_sub(CALL, one_in(2) ? PHYSDEVOP_pirq_eoi_gmfn_v1 : PHYSDEVOP_pirq_eoi_gmfn_v2);
        /* For good when it succeeds: a page that is no object. */
        *argument = lie() ? some_mfn(ROLE_L1) : mfn_of(side()->readonly);
        issue(__HYPERVISOR_physdev_op, sub, sub, (uint64_t)pointer(argument), 0, 0);
        break;
    case 6:
    case 7:
        pirqs();
        break;
    case 8:
        devices();
        break;
    default:
        sub = wanted_sub(CALL, one_in(2) ? 32 + pick(32) : 4 + 7 * pick(2));
        issue(__HYPERVISOR_physdev_op, sub, sub, (uint64_t)pointer(argument), 0, 0);
        break;
    }
}
