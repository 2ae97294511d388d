/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of a dump: an ELF core with the sections that tools for Xen's dumps look for (notes,
 * vCPU contexts, shared page, table of frames, frames), and behind the ELF header one program
 * header for each run of frames with rising PFN, so that a debugger finds the kernel at the
 * addresses that it was linked for.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/elfnote.h>
#include <xen/version.h>

#include "alloc.h"
#include "dump.h"

#define MAGIC_PV       0xf00febedULL /* of the header note */
#define FORMAT_VERSION 1
#define MOST_RUNS      60000 /* that an ELF header can count */
#define PIECE          1024  /* frames mapped at a time */

enum { NONE, STRINGS, NOTES, VCPUS, SHARED, P2M, PAGES, SECTIONS };

static const char names[] = "\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_shared_info\0.xen_p2m\0"
                            ".xen_pages";
static const unsigned char name_at[SECTIONS] = {0, 1, 11, 21, 35, 52, 61};

struct note {
    Elf64_Nhdr head;
    char name[4];
};

/* All notes, in their order. */
struct notes {
    struct note none;
    struct note header;
    uint64_t magic, vcpus, pages, page_size;
    struct note version;
    struct {
        uint64_t major, minor;
        xen_extraversion_t extra;
        struct xen_compile_info compiled;
        xen_capabilities_info_t capabilities;
        xen_changeset_info_t changeset;
        uint64_t virt_start, page_size;
    } hypervisor;
    struct note format;
    uint64_t format_version;
};

struct form {
    struct dump *dump;
    FILE *file;
    Elf64_Phdr *runs;
    size_t run_count;
    Elf64_Shdr section[SECTIONS];
};

static struct note make_note(uint32_t type, size_t size)
{
    return (struct note){{.n_namesz = 4, .n_descsz = (uint32_t)size, .n_type = type}, "Xen"};
}

static void ask_version(struct hvctl *h, unsigned int command, void *to, size_t size)
{
    if (calls_op(h, __HYPERVISOR_xen_version, command, to, size) < 0) {
        memset(to, 0, size); /* it does not say: a dump is worth having without */
    }
}

static void make_notes(struct dump *dump, struct notes *notes)
{
    long version = calls_plain(dump->h, __HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);
    struct xen_platform_parameters parameters;

    memset(notes, 0, sizeof(*notes));
    notes->none = make_note(XEN_ELFNOTE_DUMPCORE_NONE, 0);
    notes->header = make_note(XEN_ELFNOTE_DUMPCORE_HEADER, 4 * sizeof(uint64_t));
    notes->magic = MAGIC_PV;
    notes->vcpus = dump->context_count;
    notes->pages = dump->frame_count;
    notes->page_size = PAGE_SIZE;
    notes->version = make_note(XEN_ELFNOTE_DUMPCORE_XEN_VERSION, sizeof(notes->hypervisor));
    notes->hypervisor.major = version > 0 ? (uint64_t)version >> 16 : 0;
    notes->hypervisor.minor = version > 0 ? (uint64_t)version & 0xffff : 0;
    ask_version(dump->h, XENVER_extraversion, notes->hypervisor.extra,
                sizeof(notes->hypervisor.extra));
    ask_version(dump->h, XENVER_compile_info, &notes->hypervisor.compiled,
                sizeof(notes->hypervisor.compiled));
    ask_version(dump->h, XENVER_capabilities, notes->hypervisor.capabilities,
                sizeof(notes->hypervisor.capabilities));
    ask_version(dump->h, XENVER_changeset, notes->hypervisor.changeset,
                sizeof(notes->hypervisor.changeset));
    ask_version(dump->h, XENVER_platform_parameters, &parameters, sizeof(parameters));
    notes->hypervisor.virt_start = parameters.virt_start;
    notes->hypervisor.page_size = PAGE_SIZE;
    notes->format = make_note(XEN_ELFNOTE_DUMPCORE_FORMAT_VERSION, sizeof(uint64_t));
    notes->format_version = FORMAT_VERSION;
}

/* Runs of frames that follow each other; only a known base gives them addresses. */
static int find_runs(struct form *form)
{
    const struct dump *dump = form->dump;
    size_t room = 0;

    for (size_t i = 0; i < dump->frame_count && dump->virt_base != UINT64_MAX; i++) {
        uint64_t pfn = dump->frames[i].pfn;
        Elf64_Phdr *last = form->run_count ? &form->runs[form->run_count - 1] : NULL;

        if (last && i && pfn == dump->frames[i - 1].pfn) {
            continue; /* two frames claim one place: the debugger gets the first */
        }
        if (last && pfn == dump->frames[i - 1].pfn + 1 &&
            last->p_offset + last->p_filesz == i * PAGE_SIZE) {
            last->p_filesz += PAGE_SIZE;
            last->p_memsz += PAGE_SIZE;
            continue;
        }
        if (pfn >= (UINT64_MAX - dump->virt_base) / PAGE_SIZE || form->run_count == MOST_RUNS) {
            break; /* behind the end of the kernel's own mapping */
        }
        if (form->run_count == room) {
            Elf64_Phdr *more = alloc_again(form->runs, (room * 2 + 64) * sizeof(*more));

            if (!more) {
                return hvctl_fail(dump->h, HVCTL_NO_MEMORY, ENOMEM,
                                  "this program has no memory left");
            }
            form->runs = more;
            room = room * 2 + 64;
        }
        form->runs[form->run_count++] = (Elf64_Phdr){
            .p_type = PT_LOAD,
            .p_flags = PF_R | PF_W | PF_X,
            .p_offset = i * PAGE_SIZE, /* within the section, so far */
            .p_vaddr = dump->virt_base + pfn * PAGE_SIZE,
            .p_paddr = pfn * PAGE_SIZE,
            .p_filesz = PAGE_SIZE,
            .p_memsz = PAGE_SIZE,
            .p_align = PAGE_SIZE,
        };
    }
    return 0;
}

/* The last run must not reach over the top of the address space. */
static void cut_last_run(struct form *form)
{
    for (size_t i = 0; i < form->run_count; i++) {
        Elf64_Phdr *run = &form->runs[i];

        if (run->p_filesz > -run->p_vaddr && run->p_vaddr) {
            run->p_filesz = run->p_memsz = -run->p_vaddr;
        }
    }
}

static void place(struct form *form)
{
    const uint64_t sizes[SECTIONS] = {
        [STRINGS] = sizeof(names),
        [NOTES] = sizeof(struct notes),
        [VCPUS] = form->dump->context_count * sizeof(struct vcpu_guest_context),
        [SHARED] = PAGE_SIZE,
        [P2M] = form->dump->frame_count * sizeof(struct dump_frame),
        [PAGES] = form->dump->frame_count * PAGE_SIZE,
    };
    const uint64_t entries[SECTIONS] = {[VCPUS] = sizeof(struct vcpu_guest_context),
                                        [SHARED] = PAGE_SIZE,
                                        [P2M] = sizeof(struct dump_frame),
                                        [PAGES] = PAGE_SIZE};
    uint64_t at =
        sizeof(Elf64_Ehdr) + form->run_count * sizeof(*form->runs) + sizeof(form->section);

    for (unsigned int i = STRINGS; i < SECTIONS; i++) {
        uint64_t align = i == PAGES || i == SHARED ? PAGE_SIZE : 8;

        at = (at + align - 1) / align * align;
        form->section[i] = (Elf64_Shdr){
            .sh_name = name_at[i],
            .sh_type = i == STRINGS ? SHT_STRTAB
                       : i == NOTES ? SHT_NOTE
                                    : SHT_PROGBITS,
            .sh_offset = at,
            .sh_size = sizes[i],
            .sh_addralign = i == STRINGS ? 1 : align,
            .sh_entsize = entries[i],
        };
        at += sizes[i];
    }
    for (size_t i = 0; i < form->run_count; i++) {
        form->runs[i].p_offset += form->section[PAGES].sh_offset;
    }
}

/* Bytes at a place of the file; what lies between is a hole. */
static int put(struct form *form, uint64_t at, const void *data, size_t size)
{
    if (fseeko(form->file, (off_t)at, SEEK_SET) || fwrite(data, 1, size, form->file) != size) {
        return hvctl_fail_errno(form->dump->h, errno, "the dump can't be written");
    }
    return 0;
}

static int put_heads(struct form *form)
{
    size_t runs = form->run_count * sizeof(*form->runs);
    Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT, ELFOSABI_SYSV},
        .e_type = ET_CORE,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_phoff = runs ? sizeof(header) : 0,
        .e_shoff = sizeof(header) + runs,
        .e_ehsize = sizeof(header),
        .e_phentsize = sizeof(*form->runs),
        .e_phnum = (Elf64_Half)form->run_count,
        .e_shentsize = sizeof(*form->section),
        .e_shnum = SECTIONS,
        .e_shstrndx = STRINGS,
    };
    int error = put(form, 0, &header, sizeof(header));

    if (!error && runs) {
        error = put(form, sizeof(header), form->runs, runs);
    }
    return error ? error : put(form, sizeof(header) + runs, form->section, sizeof(form->section));
}

static int put_shared(struct form *form)
{
    struct dump *dump = form->dump;
    void *at;
    int error = machine_map(calls_machine(dump->h), dump->domid, &dump->shared_info, 1, false, &at);

    if (error) {
        return hvctl_fail_errno(dump->h, -error, "the guest's shared page can't be mapped");
    }
    error = put(form, form->section[SHARED].sh_offset, at, PAGE_SIZE);
    machine_unmap(at, 1);
    return error;
}

static int put_pages(struct form *form)
{
    struct dump *dump = form->dump;
    xen_pfn_t frames[PIECE];
    int error = 0;

    for (size_t done = 0; done < dump->frame_count && !error; done += PIECE) {
        size_t count = dump->frame_count - done < PIECE ? dump->frame_count - done : PIECE;
        void *at;

        for (size_t i = 0; i < count; i++) {
            frames[i] = dump->frames[done + i].mfn;
        }
        error = hvctl_progress(dump->h, "writing the guest's memory", done, dump->frame_count);
        if (error) {
            break;
        }
        error = machine_map(calls_machine(dump->h), dump->domid, frames, count, false, &at);
        if (error) {
            return hvctl_fail_errno(dump->h, -error, "the guest's memory can't be mapped");
        }
        error = put(form, form->section[PAGES].sh_offset + done * PAGE_SIZE, at, count * PAGE_SIZE);
        machine_unmap(at, count);
    }
    return error;
}

int dump_write(struct dump *dump, FILE *file)
{
    struct form form = {.dump = dump, .file = file};
    struct notes notes;
    int error = find_runs(&form);

    if (!error) {
        cut_last_run(&form);
        place(&form);
        make_notes(dump, &notes);
        error = put_heads(&form);
    }
    if (!error) {
        error = put(&form, form.section[STRINGS].sh_offset, names, sizeof(names));
    }
    if (!error) {
        error = put(&form, form.section[NOTES].sh_offset, &notes, sizeof(notes));
    }
    if (!error) {
        error =
            put(&form, form.section[VCPUS].sh_offset, dump->contexts, form.section[VCPUS].sh_size);
    }
    if (!error) {
        error = put_shared(&form);
    }
    if (!error) {
        error = put(&form, form.section[P2M].sh_offset, dump->frames, form.section[P2M].sh_size);
    }
    if (!error) {
        error = put_pages(&form);
    }
    free(form.runs);
    return error;
}
