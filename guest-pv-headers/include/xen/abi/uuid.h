/* SPDX-License-Identifier: MIT */
/*
 * uuid.h: names of sixteen bytes. Included by xen.h.
 *
 * A domain's handle is one, chosen by the toolstack and never interpreted by the hypervisor. The
 * bytes are in the order in which the usual text form prints them.
 */
#ifndef XEN_ABI_UUID_H
#define XEN_ABI_UUID_H

typedef uint8_t xen_domain_handle_t[16];

typedef struct {
    uint8_t a[16];
} xen_uuid_t;

/* Byte n of x, 0 the lowest; and x spread over bytes, highest first. */
#define XEN_UUID_BYTE(x, n) (((x) >> (8 * (n))) & 0xFF)
#define XEN_UUID_PAIR(x)    XEN_UUID_BYTE(x, 1), XEN_UUID_BYTE(x, 0)
#define XEN_UUID_QUAD(x)    XEN_UUID_BYTE(x, 3), XEN_UUID_BYTE(x, 2), XEN_UUID_PAIR(x)

/* An initialiser from the groups of the text form: 8, 4, 4 and 4 digits, then six bytes. */
#define XEN_DEFINE_UUID_(a, b, c, d, e1, e2, e3, e4, e5, e6)                                       \
    {                                                                                              \
        {                                                                                          \
            XEN_UUID_QUAD(a), XEN_UUID_PAIR(b), XEN_UUID_PAIR(c), XEN_UUID_PAIR(d), e1, e2, e3,    \
                e4, e5, e6                                                                         \
        }                                                                                          \
    }

/* The same as an expression, where the language has compound literals. */
#if defined(__STDC_VERSION__) ? __STDC_VERSION__ >= 199901L : defined(__GNUC__)
#define XEN_DEFINE_UUID(a, b, c, d, e1, e2, e3, e4, e5, e6)                                        \
    ((xen_uuid_t)XEN_DEFINE_UUID_(a, b, c, d, e1, e2, e3, e4, e5, e6))
#else
#define XEN_DEFINE_UUID(a, b, c, d, e1, e2, e3, e4, e5, e6)                                        \
    XEN_DEFINE_UUID_(a, b, c, d, e1, e2, e3, e4, e5, e6)
#endif

#endif
