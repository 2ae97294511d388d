/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loading the kernel.  A page touched costs more than the bytes in it, so a kernel is unpacked
 * straight into the guest: the file's image is given address space (the window), and wherever a
 * segment's bytes will stand in it, the guest's own frames are mapped.  That needs to know where
 * a segment goes before the notes, somewhere in the file, can be read; it is taken for granted
 * that PADDR_OFFSET is 0.  Where that turns out wrong, or pages of the file belong to two
 * segments, the kernel is unpacked aside and copied.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"

static int fail_kernel(struct build *b, int error, const struct why *why)
{
    enum hvctl_status status = error == -ENOMEM || error == -EFBIG ? HVCTL_NO_MEMORY
                               : error == -ENOTSUP                 ? HVCTL_UNSUPPORTED
                                                                   : HVCTL_INVALID;

    return hvctl_fail(b->h, status, -error, "the kernel %s can't be used: %s",
                      b->definition->kernel, why->text);
}

static int open_file(struct build *b, const char *what, const char *path, int *fd, uint64_t *bytes)
{
    struct stat st;

    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) < 0) {
        return hvctl_fail_errno(b->h, errno, "the %s %s can't be opened", what, path);
    }
    if (!S_ISREG(st.st_mode)) {
        return hvctl_fail(b->h, HVCTL_INVALID, 0, "the %s %s is no regular file", what, path);
    }
    *bytes = (uint64_t)st.st_size;
    return 0;
}

/* A copy of the file, in memory whose page tables are made at once. */
static void *copy_file(int fd, size_t bytes)
{
    uint8_t *data = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    size_t done = 0;

    while (data != MAP_FAILED && done < bytes) {
        ssize_t got = pread(fd, data + done, bytes - done, (off_t)done);

        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            int error = got ? errno : EIO; /* EIO: it became shorter just now */

            munmap(data, bytes);
            data = MAP_FAILED;
            errno = error;
        }
    }
    return data;
}

/*
 * The file in memory.  To map it is far cheaper than to read it, but one that is cut short while
 * it is mapped would kill us: a lease makes whoever wants to write to it wait until it is closed.
 * A file that gets none, since it is open for writing or lies on a network, is copied.
 */
static int map_kernel(struct build *b, size_t bytes)
{
    void *data;

    if (fcntl(b->kernel_fd, F_SETLEASE, F_RDLCK) == 0 && fcntl(b->kernel_fd, F_SETOWN, 0) == 0) {
        data = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, b->kernel_fd, 0);
    } else {
        data = copy_file(b->kernel_fd, bytes);
    }
    if (data == MAP_FAILED) {
        return hvctl_fail_errno(b->h, errno, "the kernel %s can't be read", b->definition->kernel);
    }
    b->file = (struct buffer){data, bytes, bytes, bytes};
    return 0;
}

static int open_kernel(struct build *b)
{
    uint64_t bytes = 0;
    int error = open_file(b, "kernel", b->definition->kernel, &b->kernel_fd, &bytes);

    if (!error && (!bytes || bytes > KERNEL_LIMIT)) {
        error =
            hvctl_fail(b->h, HVCTL_INVALID, 0, "the kernel %s has %llu bytes, which no kernel has",
                       b->definition->kernel, (unsigned long long)bytes);
    }
    return error ? error : map_kernel(b, bytes);
}

static int read_head(struct build *b)
{
    struct buffer head = {.limit = ELF_HEAD_BYTES};
    struct why why;
    int error = image_identify((struct span){b->file.data, b->file.size}, &b->image, &why);

    if (!error && b->image.size > KERNEL_LIMIT) {
        error = why_set(&why, -EINVAL, "it would unpack to %llu MiB, which no kernel has",
                        (unsigned long long)(b->image.size >> 20));
    }
    if (!error) {
        error = image_head(&b->image, &head, &why);
    }
    if (!error) {
        error = elf_read_head(&b->kernel, (struct span){head.data, head.size},
                              b->image.size ? b->image.size : KERNEL_LIMIT, &why);
    }
    buffer_free(&head);
    return error ? fail_kernel(b, error, &why) : 0;
}

int build_open(struct build *b)
{
    int error = open_kernel(b);

    if (!error) {
        error = read_head(b);
    }
    if (!error && b->definition->initrd) {
        error = open_file(b, "initrd", b->definition->initrd, &b->initrd, &b->initrd_bytes);
    }
    return error;
}

/* What the notes say, and with it the place of everything. */
static int place(struct build *b, struct span file)
{
    struct why why;
    int error = elf_read_notes(&b->kernel, file, &why);

    if (!error) {
        error = layout_make(&b->layout, &b->kernel, b->initrd_bytes, b->pages, &why);
    }
    return error ? fail_kernel(b, error, &why) : 0;
}

/* Pages of the file that a segment's bytes lie in, and of the guest. */
struct extent {
    uint64_t file, pfn, count;
};

static struct extent extent_of(const struct elf_segment *s, uint64_t paddr_offset)
{
    uint64_t first = s->offset / PAGE_SIZE;

    return (struct extent){
        .file = first,
        .pfn = (s->paddr - paddr_offset) / PAGE_SIZE,
        .count = s->file_bytes ? (s->offset + s->file_bytes - 1) / PAGE_SIZE - first + 1 : 0,
    };
}

static bool overlap(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
    return a_count && b_count && a < b + b_count && b < a + a_count;
}

/* Can every page of the file that is loaded be a page of the guest? */
static bool window_fits(const struct build *b)
{
    const struct elf_kernel *k = &b->kernel;

    if (!b->image.codec || !b->image.size || k->end > b->pages * PAGE_SIZE) {
        return false;
    }
    for (unsigned int i = 0; i < k->segments; i++) {
        struct extent one = extent_of(&k->segment[i], 0);

        if (k->segment[i].offset % PAGE_SIZE != k->segment[i].paddr % PAGE_SIZE) {
            return false;
        }
        for (unsigned int j = 0; j < i; j++) {
            const struct elf_segment *s = &k->segment[j];
            struct extent other = extent_of(s, 0);
            uint64_t pages = (s->paddr % PAGE_SIZE + s->memory_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
            uint64_t own =
                (k->segment[i].paddr % PAGE_SIZE + k->segment[i].memory_bytes + PAGE_SIZE - 1) /
                PAGE_SIZE;

            if (overlap(one.file, one.count, other.file, other.count) ||
                overlap(one.pfn, own, other.pfn, pages)) {
                return false;
            }
        }
    }
    return true;
}

/* Zeroes what stands in a segment's first and last page and is not its own. */
static void trim(uint8_t *window, const struct elf_segment *s)
{
    uint64_t end = s->offset + s->file_bytes;

    if (s->file_bytes) {
        memset(window + s->offset / PAGE_SIZE * PAGE_SIZE, 0, s->offset % PAGE_SIZE);
        memset(window + end, 0, -end % PAGE_SIZE);
    }
}

static int map_window(struct build *b, uint8_t *window)
{
    for (unsigned int i = 0; i < b->kernel.segments; i++) {
        struct extent e = extent_of(&b->kernel.segment[i], 0);
        int error = e.count ? machine_map_at(calls_machine(b->h), window + e.file * PAGE_SIZE,
                                             b->domid, b->p2m + e.pfn, e.count, true)
                            : 0;

        if (error) {
            return hvctl_fail_errno(b->h, -error, "the guest's memory can't be mapped");
        }
    }
    return 0;
}

/* Empties the guest's frames again, when they hold a kernel in the wrong place. */
static void clear_window(struct build *b, uint8_t *window)
{
    for (unsigned int i = 0; i < b->kernel.segments; i++) {
        struct extent e = extent_of(&b->kernel.segment[i], 0);

        memset(window + e.file * PAGE_SIZE, 0, e.count * PAGE_SIZE);
    }
}

/* Unpacks into the guest; *done is false where the kernel has to be copied after all. */
static int load_window(struct build *b, bool *done)
{
    /* One page more: a decoder wants room to see the end of its stream. */
    size_t pages = (b->image.size + PAGE_SIZE - 1) / PAGE_SIZE + 1;
    uint8_t *window = machine_reserve(pages);
    struct why why;
    int error;

    if (!window) {
        return 0;
    }
    error = map_window(b, window);
    if (!error) {
        struct buffer out = {window, 0, pages * PAGE_SIZE, pages * PAGE_SIZE};

        error = image_decode(&b->image, &out, &why);
        error =
            error ? fail_kernel(b, error, &why) : place(b, (struct span){window, b->image.size});
    }
    if (!error) {
        *done = b->kernel.paddr_offset == 0;
        if (!*done) {
            clear_window(b, window);
        }
        for (unsigned int i = 0; i < b->kernel.segments && *done; i++) {
            trim(window, &b->kernel.segment[i]);
        }
    }
    machine_unmap(window, pages);
    return error;
}

static int copy_segment(struct build *b, struct span file, const struct elf_segment *s)
{
    struct extent e = extent_of(s, b->kernel.paddr_offset);
    uint64_t within = (s->paddr - b->kernel.paddr_offset) % PAGE_SIZE;
    uint64_t count = (within + s->file_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    void *to;
    int error;

    if (!s->file_bytes) {
        return 0;
    }
    error = build_map(b, e.pfn, count, &to);
    if (!error) {
        memcpy((uint8_t *)to + within, file.data + s->offset, s->file_bytes);
        machine_unmap(to, count);
    }
    return error;
}

static int load_copy(struct build *b)
{
    struct buffer memory = {.limit = KERNEL_LIMIT};
    struct span file = b->image.packed;
    struct why why;
    int error = 0;

    if (b->image.codec) {
        error = image_decode(&b->image, &memory, &why);
        file = (struct span){memory.data, memory.size};
    }
    if (!error) {
        /* The size may be known only now. */
        error = elf_read_head(&b->kernel, file, file.size, &why);
    }
    error = error ? fail_kernel(b, error, &why) : place(b, file);
    for (unsigned int i = 0; i < b->kernel.segments && !error; i++) {
        error = copy_segment(b, file, &b->kernel.segment[i]);
    }
    buffer_free(&memory);
    return error;
}

int build_kernel(struct build *b)
{
    bool done = false;
    int error = hvctl_progress(b->h, "loading the kernel", 0, 0);

    if (!error && window_fits(b)) {
        error = load_window(b, &done);
    }
    if (!error && !done) {
        error = load_copy(b);
    }
    return error;
}
