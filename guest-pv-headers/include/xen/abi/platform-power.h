/* SPDX-License-Identifier: MIT */
/*
 * platform-power.h: processor power tables that the control domain reads from ACPI and hands down.
 * Included by platform.h.
 *
 * The hypervisor does not run ACPI byte code, so the control domain's driver evaluates _CST, _PSS
 * and their kin and uploads them, one pCPU a call.
 */
#ifndef XEN_ABI_PLATFORM_POWER_H
#define XEN_ABI_PLATFORM_POWER_H

/* What the hypervisor manages, as bits. */
#define XEN_PROCESSOR_PM_CX 1
#define XEN_PROCESSOR_PM_PX 2
#define XEN_PROCESSOR_PM_TX 4

/* xenpf_set_processor_pminfo.type: idle, frequency, throttling, capabilities */
#define XEN_PM_CX  0
#define XEN_PM_PX  1
#define XEN_PM_TX  2
#define XEN_PM_PDC 3

/* xen_processor_performance.flags: which parts are filled in */
#define XEN_PX_PCT 1
#define XEN_PX_PSS 2
#define XEN_PX_PPC 4
#define XEN_PX_PSD 8

/* xen_processor_performance.shared_type: who coordinates */
#define XEN_CPUPERF_SHARED_TYPE_HW  1
#define XEN_CPUPERF_SHARED_TYPE_ALL 2
#define XEN_CPUPERF_SHARED_TYPE_ANY 3

/* ACPI's generic address. */
struct xen_power_register {
    uint32_t space_id;
    uint32_t bit_width;
    uint32_t bit_offset;
    uint32_t access_size;
    uint64_t address;
};

/* _CSD: pCPUs that change state together. */
typedef struct xen_processor_csd {
    uint32_t domain;
    uint32_t coord_type;
    uint32_t num; /* pCPUs */
} xen_processor_csd_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_csd_t);

/* _CST: one idle state. */
typedef struct xen_processor_cx {
    struct xen_power_register reg;
    uint8_t type;     /* n of Cn */
    uint32_t latency; /* worst, as ACPI gives it */
    uint32_t power;   /* mW */
    uint32_t dpcnt;   /* entries of dp */
    XEN_GUEST_HANDLE(xen_processor_csd_t) dp;
} xen_processor_cx_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_cx_t);

struct xen_processor_flags {
    uint32_t bm_control : 1;
    uint32_t bm_check : 1;
    uint32_t has_cst : 1;
    uint32_t power_setup_done : 1;
    uint32_t bm_rld_set : 1;
};

struct xen_processor_power {
    uint32_t count; /* entries of states */
    struct xen_processor_flags flags;
    XEN_GUEST_HANDLE(xen_processor_cx_t) states;
};

/* _PCT: where a frequency is requested or read. */
struct xen_pct_register {
    uint8_t descriptor;
    uint16_t length;
    uint8_t space_id;
    uint8_t bit_width;
    uint8_t bit_offset;
    uint8_t reserved;
    uint64_t address;
};

/* _PSS: one frequency. */
typedef struct xen_processor_px {
    uint64_t core_frequency;     /* MHz */
    uint64_t power;              /* mW */
    uint64_t transition_latency; /* us */
    uint64_t bus_master_latency; /* us */
    uint64_t control;            /* to write */
    uint64_t status;             /* to read when it is reached */
} xen_processor_px_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_px_t);

/* _PSD: pCPUs that change frequency together. */
struct xen_psd_package {
    uint64_t num_entries;
    uint64_t revision;
    uint64_t domain;
    uint64_t coord_type;
    uint64_t num_processors;
};

typedef struct xen_processor_performance {
    uint32_t flags;          /* XEN_PX_* */
    uint32_t platform_limit; /* _PPC: index of the fastest state allowed */
    struct xen_pct_register control_register;
    struct xen_pct_register status_register;
    uint32_t state_count; /* entries of states */
    XEN_GUEST_HANDLE(xen_processor_px_t) states;
    struct xen_psd_package domain_info;
    uint32_t shared_type; /* XEN_CPUPERF_SHARED_TYPE_* */
} xen_processor_performance_t;
DEFINE_XEN_GUEST_HANDLE(xen_processor_performance_t);

typedef struct xenpf_set_processor_pminfo {
    uint32_t id;   /* in: ACPI id of the pCPU */
    uint32_t type; /* in: XEN_PM_* */
    union {
        struct xen_processor_power power;
        struct xen_processor_performance perf;
        XEN_GUEST_HANDLE(uint32) pdc; /* in and out: _PDC's words */
    } u;
} xenpf_set_processor_pminfo_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_set_processor_pminfo_t);

#endif
