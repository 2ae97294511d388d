/* SPDX-License-Identifier: MIT */
/*
 * sysctl-cpu.h: control calls about pCPUs, their features, power states and caches. Included by
 * sysctl.h.
 *
 * Frequencies are in kHz unless a field says otherwise, times in ns.
 */
#ifndef XEN_ABI_SYSCTL_CPU_H
#define XEN_ABI_SYSCTL_CPU_H

#define XEN_SYSCTL_CPU_HOTPLUG_ONLINE      0
#define XEN_SYSCTL_CPU_HOTPLUG_OFFLINE     1
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE  2
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE 3

struct xen_sysctl_cpu_hotplug {
    uint32_t cpu; /* of the first two */
    uint32_t op;  /* XEN_SYSCTL_CPU_HOTPLUG_* */
};

/* Which CPUID words the hardware can change for a guest. */
#define XEN_SYSCTL_CPU_LEVELCAP_faulting    (1ul << 0)
#define XEN_SYSCTL_CPU_LEVELCAP_ecx         (1ul << 1)
#define XEN_SYSCTL_CPU_LEVELCAP_edx         (1ul << 2)
#define XEN_SYSCTL_CPU_LEVELCAP_extd_ecx    (1ul << 3)
#define XEN_SYSCTL_CPU_LEVELCAP_extd_edx    (1ul << 4)
#define XEN_SYSCTL_CPU_LEVELCAP_xsave_eax   (1ul << 5)
#define XEN_SYSCTL_CPU_LEVELCAP_thermal_ecx (1ul << 6)
#define XEN_SYSCTL_CPU_LEVELCAP_l7s0_eax    (1ul << 7)
#define XEN_SYSCTL_CPU_LEVELCAP_l7s0_ebx    (1ul << 8)

struct xen_sysctl_cpu_levelling_caps {
    uint32_t caps; /* out */
};

/* Words of arch-x86/cpufeatureset.h. */
#define XEN_SYSCTL_cpu_featureset_raw     0
#define XEN_SYSCTL_cpu_featureset_host    1
#define XEN_SYSCTL_cpu_featureset_pv      2
#define XEN_SYSCTL_cpu_featureset_hvm     3
#define XEN_SYSCTL_cpu_featureset_pv_max  4
#define XEN_SYSCTL_cpu_featureset_hvm_max 5

struct xen_sysctl_cpu_featureset {
    uint32_t index;       /* in: which set */
    uint32_t nr_features; /* in: room in words; out: words there are */
    XEN_GUEST_HANDLE_64(uint32) features;
};

#define XEN_SYSCTL_cpu_policy_raw         0
#define XEN_SYSCTL_cpu_policy_host        1
#define XEN_SYSCTL_cpu_policy_pv_max      2
#define XEN_SYSCTL_cpu_policy_hvm_max     3
#define XEN_SYSCTL_cpu_policy_pv_default  4
#define XEN_SYSCTL_cpu_policy_hvm_default 5

typedef struct xen_sysctl_cpu_policy {
    uint32_t index;     /* in: which policy */
    uint32_t nr_leaves; /* in: room; out: entries, as the next */
    uint32_t nr_msrs;
    uint32_t _rsvd; /* 0 */
    XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) leaves;
    XEN_GUEST_HANDLE_64(xen_msr_entry_t) msrs;
} xen_sysctl_cpu_policy_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cpu_policy_t);

/* Time spent at each frequency. */
typedef struct pm_px_val {
    uint64_aligned_t freq; /* MHz */
    uint64_aligned_t residency;
    uint64_aligned_t count; /* times entered */
} pm_px_val_t;
DEFINE_XEN_GUEST_HANDLE(pm_px_val_t);

struct pm_px_stat {
    uint8_t total;
    uint8_t usable;
    uint8_t last;
    uint8_t cur;
    XEN_GUEST_HANDLE_64(uint64) trans_pt; /* transitions, total squared */
    XEN_GUEST_HANDLE_64(pm_px_val_t) pt;
};

/* Time spent in each idle state; package and core counters are the hardware's. */
struct pm_cx_stat {
    uint32_t nr; /* states, C0 included */
    uint32_t last;
    uint64_aligned_t idle_time;
    XEN_GUEST_HANDLE_64(uint64) triggers;
    XEN_GUEST_HANDLE_64(uint64) residencies;
    uint32_t nr_pc;
    uint32_t nr_cc;
    XEN_GUEST_HANDLE_64(uint64) pc;
    XEN_GUEST_HANDLE_64(uint64) cc;
};

#define PMSTAT_CATEGORY_MASK 0xf0
#define PMSTAT_PX            0x10
#define PMSTAT_CX            0x20
#define PMSTAT_get_max_px    (PMSTAT_PX | 0x1)
#define PMSTAT_get_pxstat    (PMSTAT_PX | 0x2)
#define PMSTAT_reset_pxstat  (PMSTAT_PX | 0x3)
#define PMSTAT_get_max_cx    (PMSTAT_CX | 0x1)
#define PMSTAT_get_cxstat    (PMSTAT_CX | 0x2)
#define PMSTAT_reset_cxstat  (PMSTAT_CX | 0x3)

struct xen_sysctl_get_pmstat {
    uint32_t type; /* PMSTAT_* */
    uint32_t cpuid;
    union {
        struct pm_px_stat getpx;
        struct pm_cx_stat getcx;
    } u;
};

#define CPUFREQ_NAME_LEN 16

struct xen_userspace {
    uint32_t scaling_setspeed;
};

struct xen_ondemand {
    uint32_t sampling_rate_max; /* us, all three */
    uint32_t sampling_rate_min;
    uint32_t sampling_rate;
    uint32_t up_threshold; /* percent busy */
};

/* Counts are room in and needed out. */
struct xen_get_cpufreq_para {
    uint32_t cpu_num;
    uint32_t freq_num;
    uint32_t gov_num;
    XEN_GUEST_HANDLE_64(uint32) affected_cpus;
    XEN_GUEST_HANDLE_64(uint32) scaling_available_frequencies;
    XEN_GUEST_HANDLE_64(char) scaling_available_governors;
    char scaling_driver[CPUFREQ_NAME_LEN];
    uint32_t cpuinfo_cur_freq;
    uint32_t cpuinfo_max_freq;
    uint32_t cpuinfo_min_freq;
    uint32_t scaling_cur_freq;
    char scaling_governor[CPUFREQ_NAME_LEN];
    uint32_t scaling_max_freq;
    uint32_t scaling_min_freq;
    union {
        struct xen_userspace userspace;
        struct xen_ondemand ondemand;
    } u;
    int32_t turbo_enabled;
};

struct xen_set_cpufreq_gov {
    char scaling_governor[CPUFREQ_NAME_LEN];
};

/* xen_set_cpufreq_para.ctrl_type */
#define SCALING_MAX_FREQ 1
#define SCALING_MIN_FREQ 2
#define SCALING_SETSPEED 3
#define SAMPLING_RATE    4
#define UP_THRESHOLD     5

struct xen_set_cpufreq_para {
    uint32_t ctrl_type;
    uint32_t ctrl_value;
};

/* xen_sysctl_pm_op.cmd */
#define PM_PARA_CATEGORY_MASK                     0xf0
#define CPUFREQ_PARA                              0x10
#define GET_CPUFREQ_PARA                          (CPUFREQ_PARA | 0x01)
#define SET_CPUFREQ_GOV                           (CPUFREQ_PARA | 0x02)
#define SET_CPUFREQ_PARA                          (CPUFREQ_PARA | 0x03)
#define GET_CPUFREQ_AVGFREQ                       (CPUFREQ_PARA | 0x04)
#define XEN_SYSCTL_pm_op_set_sched_opt_smt        0x21
#define XEN_SYSCTL_pm_op_get_max_cstate           0x22
#define XEN_SYSCTL_pm_op_set_max_cstate           0x23
#define XEN_SYSCTL_pm_op_set_vcpu_migration_delay 0x24
#define XEN_SYSCTL_pm_op_get_vcpu_migration_delay 0x25
#define XEN_SYSCTL_pm_op_enable_turbo             0x26
#define XEN_SYSCTL_pm_op_disable_turbo            0x27
#define XEN_SYSCTL_CX_UNLIMITED                   0xffffffff

/* cpuid is the pCPU, or for the C-state limits which of the two. */
struct xen_sysctl_pm_op {
    uint32_t cmd;
    uint32_t cpuid;
    union {
        struct xen_get_cpufreq_para get_para;
        struct xen_set_cpufreq_gov set_gov;
        struct xen_set_cpufreq_para set_para;
        uint64_aligned_t get_avgfreq;
        uint32_t set_sched_opt_smt;
        uint32_t get_max_cstate;
        uint32_t set_max_cstate;
    } u;
};

/* Cache occupancy monitoring. */
#define XEN_SYSCTL_PSR_CMT_get_total_rmid          0
#define XEN_SYSCTL_PSR_CMT_get_l3_upscaling_factor 1
#define XEN_SYSCTL_PSR_CMT_get_l3_cache_size       2
#define XEN_SYSCTL_PSR_CMT_enabled                 3
#define XEN_SYSCTL_PSR_CMT_get_l3_event_mask       4

struct xen_sysctl_psr_cmt_op {
    uint32_t cmd;
    uint32_t flags; /* 0 */
    union {
        uint64_t data; /* out */
        struct {
            uint32_t cpu; /* in */
            uint32_t rsvd;
        } l3_cache;
    } u;
};

/* Cache and bandwidth allocation of a socket. */
#define XEN_SYSCTL_PSR_get_l3_info  0
#define XEN_SYSCTL_PSR_get_l2_info  1
#define XEN_SYSCTL_PSR_get_mba_info 2
#define XEN_SYSCTL_PSR_CAT_L3_CDP   (1u << 0) /* code and data apart */
#define XEN_SYSCTL_PSR_MBA_LINEAR   (1u << 0)

struct xen_sysctl_psr_alloc {
    uint32_t cmd;    /* in */
    uint32_t target; /* in: socket */
    union {
        struct {
            uint32_t cbm_len; /* bits */
            uint32_t cos_max; /* highest class */
            uint32_t flags;
        } cat_info;
        struct {
            uint32_t thrtl_max;
            uint32_t cos_max;
            uint32_t flags;
        } mba_info;
    } u; /* out */
};

#endif
