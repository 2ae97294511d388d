/* SPDX-License-Identifier: MIT */
/*
 * platform.h: HYPERVISOR_platform_op(struct xen_platform_op), the host's hardware on the control
 * domain's behalf.
 *
 * Only the control domain calls it. interface_version is checked first, then cmd selects the
 * member of u; results come back in the same record. Records of firmware calls and of processor
 * power are in abi/platform-firmware.h and abi/platform-power.h.
 */
#ifndef __XEN_PUBLIC_PLATFORM_H__
#define __XEN_PUBLIC_PLATFORM_H__

#include "xen.h"

#define XENPF_INTERFACE_VERSION 0x03000001

#define XENPF_settime32            17
#define XENPF_add_memtype          31
#define XENPF_del_memtype          32
#define XENPF_read_memtype         33
#define XENPF_microcode_update     35
#define XENPF_platform_quirk       39
#define XENPF_get_cpu_version      48
#define XENPF_efi_runtime_call     49
#define XENPF_firmware_info        50
#define XENPF_enter_acpi_sleep     51
#define XENPF_change_freq          52
#define XENPF_getidletime          53
#define XENPF_set_processor_pminfo 54
#define XENPF_get_cpuinfo          55
#define XENPF_cpu_online           56
#define XENPF_cpu_offline          57
#define XENPF_cpu_hotadd           58
#define XENPF_mem_hotadd           59
#define XENPF_core_parking         60
#define XENPF_resource_op          61
#define XENPF_settime64            62
#define XENPF_get_symbol           63

#if __XEN_INTERFACE_VERSION__ < 0x00040600
#define XENPF_settime XENPF_settime32
#define xenpf_settime xenpf_settime32
#else
#define XENPF_settime XENPF_settime64
#define xenpf_settime xenpf_settime64
#endif

/* xenpf_platform_quirk.quirk_id: about I/O APICs */
#define QUIRK_NOIRQBALANCING     1
#define QUIRK_IOAPIC_BAD_REGSEL  2
#define QUIRK_IOAPIC_GOOD_REGSEL 3

#define XENPF_ACPI_SLEEP_EXTENDED 0x00000001 /* val_a and val_b are of the extended registers */

/* xenpf_pcpuinfo.flags */
#define XEN_PCPU_FLAGS_ONLINE  1
#define XEN_PCPU_FLAGS_INVALID 2 /* there is no such pCPU */

/* xenpf_core_parking.type */
#define XEN_CORE_PARKING_SET 1
#define XEN_CORE_PARKING_GET 2

/* xenpf_resource_entry.u.cmd */
#define XEN_RESOURCE_OP_MSR_READ  0
#define XEN_RESOURCE_OP_MSR_WRITE 1

#ifndef __ASSEMBLY__

#include "abi/platform-firmware.h"
#include "abi/platform-power.h"

/* The wall clock stood at secs and nsecs, UTC since 1970, when system time was system_time (ns). */
typedef struct xenpf_settime32 {
    uint32_t secs;
    uint32_t nsecs;
    uint64_t system_time;
} xenpf_settime32_t;

typedef struct xenpf_settime64 {
    uint64_t secs;
    uint32_t nsecs;
    uint32_t mbz; /* 0 */
    uint64_t system_time;
} xenpf_settime64_t;

typedef struct xenpf_settime xenpf_settime_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_settime_t);

/* MTRRs: type is the architecture's number of a memory type. */
typedef struct xenpf_add_memtype {
    xen_pfn_t mfn;    /* in */
    uint64_t nr_mfns; /* in */
    uint32_t type;    /* in */
    uint32_t handle;  /* out: for del_memtype */
    uint32_t reg;     /* out */
} xenpf_add_memtype_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_add_memtype_t);

typedef struct xenpf_del_memtype {
    uint32_t handle; /* in: or 0 */
    uint32_t reg;    /* in */
} xenpf_del_memtype_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_del_memtype_t);

typedef struct xenpf_read_memtype {
    uint32_t reg;     /* in */
    xen_pfn_t mfn;    /* out */
    uint64_t nr_mfns; /* out: 0 when unused */
    uint32_t type;    /* out */
} xenpf_read_memtype_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_read_memtype_t);

typedef struct xenpf_microcode_update {
    XEN_GUEST_HANDLE(const_void) data; /* in */
    uint32_t length;                   /* in: bytes */
} xenpf_microcode_update_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_microcode_update_t);

typedef struct xenpf_platform_quirk {
    uint32_t quirk_id; /* in: QUIRK_* */
} xenpf_platform_quirk_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_platform_quirk_t);

/* The last step of sleep and power-off: what goes into PM1a and PM1b control. */
typedef struct xenpf_enter_acpi_sleep {
#if __XEN_INTERFACE_VERSION__ < 0x00040300
    uint16_t pm1a_cnt_val;
    uint16_t pm1b_cnt_val;
#else
    uint16_t val_a;
    uint16_t val_b;
#endif
    uint32_t sleep_state; /* in: n of Sn */
    uint32_t flags;       /* in: XENPF_ACPI_SLEEP_* */
} xenpf_enter_acpi_sleep_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_enter_acpi_sleep_t);

typedef struct xenpf_change_freq {
    uint32_t flags; /* 0 */
    uint32_t cpu;   /* in: pCPU */
    uint64_t freq;  /* in: Hz */
} xenpf_change_freq_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_change_freq_t);

/* Nanoseconds each pCPU of the bitmap was idle; bits of absent pCPUs are cleared. */
typedef struct xenpf_getidletime {
    XEN_GUEST_HANDLE(uint8) cpumap_bitmap; /* in and out */
    uint32_t cpumap_nr_cpus;               /* in: bits */
    XEN_GUEST_HANDLE(uint64) idletime;     /* out: indexed by pCPU */
    uint64_t now;                          /* out: system time of the reading */
} xenpf_getidletime_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_getidletime_t);

typedef struct xenpf_pcpuinfo {
    uint32_t xen_cpuid;   /* in: pCPU */
    uint32_t max_present; /* out: highest pCPU */
    uint32_t flags;       /* out: XEN_PCPU_FLAGS_* */
    uint32_t apic_id;     /* out */
    uint32_t acpi_id;     /* out */
} xenpf_pcpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_pcpuinfo_t);

typedef struct xenpf_pcpu_version {
    uint32_t xen_cpuid;   /* in: pCPU */
    uint32_t max_present; /* out */
    char vendor_id[12];   /* out: without a final 0 */
    uint32_t family;      /* out */
    uint32_t model;       /* out */
    uint32_t stepping;    /* out */
} xenpf_pcpu_version_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_pcpu_version_t);

typedef struct xenpf_cpu_ol {
    uint32_t cpuid; /* in: pCPU */
} xenpf_cpu_ol_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_cpu_ol_t);

typedef struct xenpf_cpu_hotadd {
    uint32_t apic_id; /* in */
    uint32_t acpi_id; /* in */
    uint32_t pxm;     /* in: proximity domain */
} xenpf_cpu_hotadd_t;

typedef struct xenpf_mem_hotadd {
    uint64_t spfn;  /* in: first frame */
    uint64_t epfn;  /* in: frame after the last */
    uint32_t pxm;   /* in */
    uint32_t flags; /* 0 */
} xenpf_mem_hotadd_t;

typedef struct xenpf_core_parking {
    uint32_t type;      /* in: XEN_CORE_PARKING_* */
    uint32_t idle_nums; /* pCPUs parked: in for SET, out for GET */
} xenpf_core_parking_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_core_parking_t);

typedef struct xenpf_resource_entry {
    union {
        uint32_t cmd; /* in: XEN_RESOURCE_OP_* */
        int32_t ret;  /* out: a negative errno */
    } u;
    uint32_t rsvd; /* 0 */
    uint64_t idx;  /* in: MSR */
    uint64_t val;  /* in for write, out for read */
} xenpf_resource_entry_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_resource_entry_t);

/* All entries run on one pCPU without a break. */
typedef struct xenpf_resource_op {
    uint32_t nr_entries; /* in */
    uint32_t cpu;        /* in */
    XEN_GUEST_HANDLE(xenpf_resource_entry_t) entries;
} xenpf_resource_op_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_resource_op_t);

/* One symbol of the hypervisor's own; start at 0 and go on with the number given back. */
typedef struct xenpf_symdata {
    uint32_t namelen;            /* in: room; out: bytes */
    uint32_t symnum;             /* in: wanted; out: next */
    XEN_GUEST_HANDLE(char) name; /* out */
    uint64_t address;            /* out */
    char type;                   /* out: as nm prints it */
} xenpf_symdata_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_symdata_t);

typedef struct xen_platform_op {
    uint32_t cmd;               /* in: XENPF_* */
    uint32_t interface_version; /* in: XENPF_INTERFACE_VERSION */
    union {
        xenpf_settime_t settime;
        xenpf_settime32_t settime32;
        xenpf_settime64_t settime64;
        xenpf_add_memtype_t add_memtype;
        xenpf_del_memtype_t del_memtype;
        xenpf_read_memtype_t read_memtype;
        xenpf_microcode_update_t microcode;
        xenpf_platform_quirk_t platform_quirk;
        xenpf_efi_runtime_call_t efi_runtime_call;
        xenpf_firmware_info_t firmware_info;
        xenpf_enter_acpi_sleep_t enter_acpi_sleep;
        xenpf_change_freq_t change_freq;
        xenpf_getidletime_t getidletime;
        xenpf_set_processor_pminfo_t set_pminfo;
        xenpf_pcpuinfo_t pcpu_info;
        xenpf_pcpu_version_t pcpu_version;
        xenpf_cpu_ol_t cpu_ol;
        xenpf_cpu_hotadd_t cpu_add;
        xenpf_mem_hotadd_t mem_add;
        xenpf_core_parking_t core_parking;
        xenpf_resource_op_t resource_op;
        xenpf_symdata_t symdata;
        uint8_t pad[128];
    } u;
} xen_platform_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_platform_op_t);

#endif /* __ASSEMBLY__ */

#endif
