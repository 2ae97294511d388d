/* SPDX-License-Identifier: MIT */
/*
 * version.h: HYPERVISOR_xen_version(cmd, argument), what the hypervisor is.
 *
 * The argument is filled by the hypervisor; strings are cut to their array and end with a 0.
 */
#ifndef __XEN_PUBLIC_VERSION_H__
#define __XEN_PUBLIC_VERSION_H__

#include "xen.h"
#include "features.h"

#define XENVER_version             0  /* no argument; returns major << 16 | minor */
#define XENVER_extraversion        1  /* xen_extraversion_t */
#define XENVER_compile_info        2  /* struct xen_compile_info */
#define XENVER_capabilities        3  /* xen_capabilities_info_t: words such as "xen-3.0-x86_64" */
#define XENVER_changeset           4  /* xen_changeset_info_t */
#define XENVER_platform_parameters 5  /* struct xen_platform_parameters */
#define XENVER_get_features        6  /* struct xen_feature_info */
#define XENVER_pagesize            7  /* no argument; returns bytes */
#define XENVER_guest_handle        8  /* xen_domain_handle_t of the caller */
#define XENVER_commandline         9  /* xen_commandline_t */
#define XENVER_build_id            10 /* struct xen_build_id; a null argument asks for the size */

#ifndef __ASSEMBLY__

typedef char xen_extraversion_t[16];
#define XEN_EXTRAVERSION_LEN (sizeof(xen_extraversion_t))

typedef struct xen_compile_info {
    char compiler[64];
    char compile_by[16];
    char compile_domain[32];
    char compile_date[32];
} xen_compile_info_t;

typedef char xen_capabilities_info_t[1024];
#define XEN_CAPABILITIES_INFO_LEN (sizeof(xen_capabilities_info_t))

typedef char xen_changeset_info_t[64];
#define XEN_CHANGESET_INFO_LEN (sizeof(xen_changeset_info_t))

typedef struct xen_platform_parameters {
    xen_ulong_t virt_start; /* first address of the hypervisor's range */
} xen_platform_parameters_t;

typedef struct xen_feature_info {
    unsigned int submap_idx; /* in: which 32 features */
    uint32_t submap;         /* out: bit n for feature 32 idx + n */
} xen_feature_info_t;

typedef char xen_commandline_t[1024];

typedef struct xen_build_id {
    uint32_t len; /* in: bytes of buf */
    XEN_ABI_EXT unsigned char buf[XEN_FLEX_ARRAY_DIM];
} xen_build_id_t;

#endif /* __ASSEMBLY__ */

#endif
