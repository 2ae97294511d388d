/* SPDX-License-Identifier: MIT */
/*
 * platform-firmware.h: what firmware knows, passed on to the control domain. Included by
 * platform.h.
 *
 * efi_runtime_call runs one EFI service; firmware_info reads what a BIOS or EFI told the boot
 * code. Strings are of 16-bit characters. Mortise starts from a BIOS only.
 */
#ifndef XEN_ABI_PLATFORM_FIRMWARE_H
#define XEN_ABI_PLATFORM_FIRMWARE_H

/* xenpf_efi_runtime_call.function */
#define XEN_EFI_get_time                      1
#define XEN_EFI_set_time                      2
#define XEN_EFI_get_wakeup_time               3
#define XEN_EFI_set_wakeup_time               4
#define XEN_EFI_get_next_high_monotonic_count 5
#define XEN_EFI_get_variable                  6
#define XEN_EFI_set_variable                  7
#define XEN_EFI_get_next_variable_name        8
#define XEN_EFI_query_variable_info           9
#define XEN_EFI_query_capsule_capabilities    10
#define XEN_EFI_update_capsule                11

/* xenpf_efi_runtime_call.misc, by function */
#define XEN_EFI_GET_TIME_SET_CLEARS_NS      0x00000001
#define XEN_EFI_GET_WAKEUP_TIME_ENABLED     0x00000001
#define XEN_EFI_GET_WAKEUP_TIME_PENDING     0x00000002
#define XEN_EFI_SET_WAKEUP_TIME_ENABLE      0x00000001
#define XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY 0x00000002
#define XEN_EFI_VARIABLE_NON_VOLATILE       0x00000001
#define XEN_EFI_VARIABLE_BOOTSERVICE_ACCESS 0x00000002
#define XEN_EFI_VARIABLE_RUNTIME_ACCESS     0x00000004
#define XEN_EFI_VARINFO_BOOT_SNAPSHOT       0x00000001

/* xenpf_firmware_info.type, and below XEN_FW_EFI_INFO its index */
#define XEN_FW_DISK_INFO            1
#define XEN_FW_DISK_MBR_SIGNATURE   2
#define XEN_FW_VBEDDC_INFO          3
#define XEN_FW_EFI_INFO             4
#define XEN_FW_EFI_VERSION          0
#define XEN_FW_EFI_CONFIG_TABLE     1
#define XEN_FW_EFI_VENDOR           2
#define XEN_FW_EFI_MEM_INFO         3
#define XEN_FW_EFI_RT_VERSION       4
#define XEN_FW_EFI_PCI_ROM          5
#define XEN_FW_EFI_APPLE_PROPERTIES 6
#define XEN_FW_KBD_SHIFT_FLAGS      5

struct xenpf_efi_time {
    uint16_t year;
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t min;
    uint8_t sec;
    uint32_t ns;
    int16_t tz; /* minutes from UTC */
    uint8_t daylight;
};

struct xenpf_efi_guid {
    uint32_t data1;
    uint16_t data2;
    uint16_t data3;
    uint8_t data4[8];
};

typedef struct xenpf_efi_runtime_call {
    uint32_t function;  /* in: XEN_EFI_* */
    uint32_t misc;      /* flags in and out; the count of get_next_high_monotonic_count */
    xen_ulong_t status; /* out: EFI status */
    union {
        struct {
            struct xenpf_efi_time time; /* out */
            uint32_t resolution;        /* out: counts a second */
            uint32_t accuracy;          /* out: millionths of a millionth */
        } get_time;
        struct xenpf_efi_time set_time;
        struct xenpf_efi_time get_wakeup_time;
        struct xenpf_efi_time set_wakeup_time;
        struct {
            XEN_GUEST_HANDLE(void) name; /* in */
            xen_ulong_t size;            /* bytes of data */
            XEN_GUEST_HANDLE(void) data;
            struct xenpf_efi_guid vendor_guid; /* in */
        } get_variable, set_variable;
        struct {
            xen_ulong_t size;            /* bytes of name */
            XEN_GUEST_HANDLE(void) name; /* in: last one; out: next */
            struct xenpf_efi_guid vendor_guid;
        } get_next_variable_name;
        struct {
            uint32_t attr;              /* in */
            uint64_t max_store_size;    /* out: bytes, as the two below */
            uint64_t remain_store_size; /* out */
            uint64_t max_size;          /* out */
        } query_variable_info;
        struct {
            XEN_GUEST_HANDLE(void) capsule_header_array; /* in */
            xen_ulong_t capsule_count;                   /* in */
            uint64_t max_capsule_size;                   /* out: bytes */
            uint32_t reset_type;                         /* out */
        } query_capsule_capabilities;
        struct {
            XEN_GUEST_HANDLE(void) capsule_header_array; /* in */
            xen_ulong_t capsule_count;                   /* in */
            uint64_t sg_list;                            /* in: machine address */
        } update_capsule;
    } u;
} xenpf_efi_runtime_call_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_efi_runtime_call_t);

typedef struct xenpf_firmware_info {
    uint32_t type;  /* in: XEN_FW_* */
    uint32_t index; /* in: which of that type; -ENOENT past the last */
    union {
        struct {
            uint8_t device;                    /* BIOS number, 0x80 the first disk */
            uint8_t version;                   /* of the extensions, INT 13h 41h ah */
            uint16_t interface_support;        /* INT 13h 41h cx */
            uint16_t legacy_max_cylinder;      /* INT 13h 08h */
            uint8_t legacy_max_head;           /* INT 13h 08h */
            uint8_t legacy_sectors_per_track;  /* INT 13h 08h */
            XEN_GUEST_HANDLE(void) edd_params; /* INT 13h 48h; starts with its room */
        } disk_info;
        struct {
            uint8_t device;         /* BIOS number */
            uint32_t mbr_signature; /* at byte 0x1b8 of its first sector */
        } disk_mbr_signature;
        struct {
            uint8_t capabilities;
            uint8_t edid_transfer_time;   /* seconds */
            XEN_GUEST_HANDLE(uint8) edid; /* out: 128 bytes */
        } vbeddc_info;
        union xenpf_efi_info {
            uint32_t version;
            struct {
                uint64_t addr; /* machine address */
                uint32_t nent;
            } cfg;
            struct {
                uint32_t revision;
                uint32_t bufsz; /* in: bytes */
                XEN_GUEST_HANDLE(void) name;
            } vendor;
            struct {
                uint64_t addr; /* in: within the range asked for; out: its start */
                uint64_t size; /* bytes */
                uint64_t attr;
                uint32_t type;
            } mem;
            struct {
                uint16_t segment; /* in, to devid: which device */
                uint8_t bus;
                uint8_t devfn;
                uint16_t vendor;
                uint16_t devid;
                uint64_t address; /* out: machine address */
                xen_ulong_t size; /* out: bytes */
            } pci_rom;
            struct {
                uint64_t address; /* machine address */
                xen_ulong_t size; /* bytes */
            } apple_properties;
        } efi_info;
        uint8_t kbd_shift_flags; /* INT 16h 02h */
    } u;                         /* out */
} xenpf_firmware_info_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_firmware_info_t);

#endif
