/* SPDX-License-Identifier: MIT */
/*
 * start.h: what a PV guest finds when it starts. Included by xen.h.
 *
 * rsi points to start_info. From the kernel's base upwards lie the kernel, the initrd (unless
 * MOD_START_PFN), the p2m, this page, the initial tables, the stack; the builder writes all of it
 * once.
 */
#ifndef XEN_ABI_START_H
#define XEN_ABI_START_H

#define MAX_GUEST_CMDLINE 1024 /* bytes, with the final 0 */

typedef struct start_info {
    char magic[32];            /* "xen-<version>-<platform>" */
    unsigned long nr_pages;    /* frames the domain owns */
    unsigned long shared_info; /* machine address */
    uint32_t flags;            /* SIF_* */
    xen_pfn_t store_mfn;       /* ring to the store, 0: none */
    uint32_t store_evtchn;
    union {
        struct {
            xen_pfn_t mfn; /* ring to the console daemon */
            uint32_t evtchn;
        } domU;
        struct {
            uint32_t info_off;  /* bytes from here to a dom0_vga_console_info */
            uint32_t info_size; /* bytes; 0: none */
        } dom0;
    } console;
    unsigned long pt_base;      /* virtual address of the L4 */
    unsigned long nr_pt_frames; /* frames of the initial tables */
    unsigned long mfn_list;     /* virtual address of the p2m */
    unsigned long mod_start;    /* virtual address of the initrd, or its PFN; 0: none */
    unsigned long mod_len;      /* bytes */
    int8_t cmd_line[MAX_GUEST_CMDLINE];
    unsigned long first_p2m_pfn; /* frames that hold a p2m placed by ELF note */
    unsigned long nr_p2m_frames;
} start_info_t;

#if __XEN_INTERFACE_VERSION__ < 0x00030203
#define console_mfn    console.domU.mfn
#define console_evtchn console.domU.evtchn
#endif

/* start_info.flags */
#define SIF_PRIVILEGED      (1 << 0)    /* may make privileged calls */
#define SIF_INITDOMAIN      (1 << 1)    /* the control domain */
#define SIF_MULTIBOOT_MOD   (1 << 2)    /* mod_start is a list of modules */
#define SIF_MOD_START_PFN   (1 << 3)    /* mod_start is a PFN, and not mapped */
#define SIF_VIRT_P2M_4TOOLS (1 << 4)    /* tools understand a linear p2m */
#define SIF_PM_MASK         (0xFF << 8) /* power management left to the control domain */

/* One module when SIF_MULTIBOOT_MOD is set; the array ends at mod_start 0. */
struct xen_multiboot_mod_list {
    uint32_t mod_start; /* first byte */
    uint32_t mod_end;   /* byte after the last */
    uint32_t cmdline;
    uint32_t pad; /* 0 */
};

/* The screen the control domain takes over. */
#define XEN_VGATYPE_TEXT_MODE_3 0x03
#define XEN_VGATYPE_VESA_LFB    0x23
#define XEN_VGATYPE_EFI_LFB     0x70
typedef struct dom0_vga_console_info {
    uint8_t video_type; /* XEN_VGATYPE_* */
    union {
        struct {
            uint16_t font_height; /* pixels */
            uint16_t cursor_x, cursor_y;
            uint16_t rows, columns;
        } text_mode_3;
        struct {
            uint16_t width, height; /* pixels */
            uint16_t bytes_per_line;
            uint16_t bits_per_pixel;
            uint32_t lfb_base; /* machine address, low half */
            uint32_t lfb_size; /* units of 64 KiB */
            uint8_t red_pos, red_size;
            uint8_t green_pos, green_size;
            uint8_t blue_pos, blue_size;
            uint8_t rsvd_pos, rsvd_size;
#if __XEN_INTERFACE_VERSION__ >= 0x00030206
            uint32_t gbl_caps;   /* VESA capabilities */
            uint16_t mode_attrs; /* VESA mode attributes, 0: unknown */
            uint16_t pad;
#endif
#if __XEN_INTERFACE_VERSION__ >= 0x00040d00
            uint32_t ext_lfb_base; /* machine address, high half */
#endif
        } vesa_lfb;
    } u;
} dom0_vga_console_info_t;
#define xen_vga_console_info   dom0_vga_console_info
#define xen_vga_console_info_t dom0_vga_console_info_t

#endif
