/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a test kernel: set-up, each test that the command line lets run
 * (`only=a,b`, `skip=a,b`), its verdict, the sum, power-off.  The lines
 * `RUN`, `TEST`, `RULES` and `VERDICTS` are the protocol with tests/guest/run.
 */
#include "harness.h"

#include <xen/io/console.h>

extern const struct test tests_start[], tests_end[];

static const char *const words[] = {"success", "skip", "error", "failure"};
static enum verdict verdict;
static char reason[400];
static unsigned int notes;
static struct context runner;

/* The console of a guest: a ring that its maker reads. One vCPU writes at a time. */
static void ring_write(const char *text, size_t bytes)
{
    static bool busy;
    struct xencons_interface *ring = page_of_mfn(start_info->console.domU.mfn);

    while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) {
        hcall5(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
    }
    for (size_t i = 0; i < bytes; i++) {
        while (ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE) ==
               sizeof(ring->out)) {
            hcall5(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
        }
        ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = text[i];
        __atomic_store_n(&ring->out_prod, ring->out_prod + 1, __ATOMIC_RELEASE);
    }
    __atomic_clear(&busy, __ATOMIC_RELEASE);
}

void console_write(const char *text, size_t bytes)
{
    if ((start_info->flags & SIF_PRIVILEGED) == 0 && start_info->console.domU.mfn != 0) {
        ring_write(text, bytes);
        return;
    }
    hcall5(__HYPERVISOR_console_io, CONSOLEIO_write, (long)bytes, (long)text, 0, 0);
}

void verdict_note(enum verdict kind, const char *file, int line, const char *format, ...)
{
    char text[sizeof(reason)];
    const char *name = file;
    va_list arguments;

    for (; *file != 0; file++) {
        name = *file == '/' ? file + 1 : name;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (notes++ < 20 && kind != VERDICT_SKIP) {
        print("  %s:%d: %s\n", name, line, text);
    }
    if (kind > verdict) {
        verdict = kind;
        snprintf(reason, sizeof(reason), "%s:%d: %s", name, line, text);
    }
}

void test_end(void)
{
    if (this_cpu()->id != 0) {
        cpu_job_abort();
    }
    context_restore(&runner, 1);
}

bool subject_is_mortise(void)
{
    static xen_extraversion_t extra;
    static struct xen_compile_info compiled;

    hcall(__HYPERVISOR_xen_version, XENVER_extraversion, extra);
    hcall(__HYPERVISOR_xen_version, XENVER_compile_info, &compiled);
    return text_has(extra, "mortise") || text_has(compiled.compile_by, "mortise") ||
           text_has(compiled.compile_domain, "mortise") || text_has(compiled.compiler, "mortise");
}

unsigned int argument(const char *key, unsigned int absent)
{
    size_t length = strlen(key);

    for (const char *at = (const char *)start_info->cmd_line; *at != 0; at++) {
        unsigned int value = 0;

        if (strncmp(at, key, length) != 0) {
            continue;
        }
        for (at += length; *at >= '0' && *at <= '9'; at++) {
            value = value * 10 + (unsigned int)(*at - '0');
        }
        return value;
    }
    return absent;
}

/*
 * Whether `name` is in the comma-separated value of `key` on the command line; `absent` if no key.
 */
static bool listed(const char *key, const char *name, bool absent)
{
    const char *at = (const char *)start_info->cmd_line;
    size_t key_length = strlen(key), name_length = strlen(name);

    for (; *at != 0; at++) {
        if (strncmp(at, key, key_length) == 0) {
            break;
        }
    }
    if (*at == 0) {
        return absent;
    }
    at += key_length;
    while (*at != 0 && *at != ' ') {
        if (strncmp(at, name, name_length) == 0 &&
            (at[name_length] == ',' || at[name_length] == ' ' || at[name_length] == 0)) {
            return true;
        }
        while (*at != 0 && *at != ' ' && *at != ',') {
            at++;
        }
        at += *at == ',';
    }
    return false;
}

/* Whatever a test did to its subject, the subject's own books must agree afterwards. */
static void audit(void)
{
    struct mortise_audit found = {.interface_version = MORTISE_INTERFACE_VERSION};

    if (hcall(__HYPERVISOR_mortise_op, MORTISE_version, NULL) != MORTISE_INTERFACE_VERSION ||
        (start_info->flags & SIF_PRIVILEGED) == 0) {
        return;
    }
    EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_audit, &found), 0);
    if (found.total != 0) {
        FAIL("the audit finds %lu differences", found.total);
    }
}

/* Numbers of the rules by which anything was refused since the boot, for tests/guest/run. */
static void rules_print(void)
{
    static uint64_t counts[256];
    struct mortise_rules op = {.interface_version = MORTISE_INTERFACE_VERSION,
                               .count = ARRAY_SIZE(counts)};

    set_xen_guest_handle(op.buffer, counts);
    if (hcall(__HYPERVISOR_mortise_op, MORTISE_rules, &op) != 0) {
        return;
    }
    print("RULES");
    for (unsigned int i = 0; i < ARRAY_SIZE(counts); i++) {
        if (counts[i] != 0) {
            print(" %u", i);
        }
    }
    print("\n");
}

static void test_run(const struct test *test)
{
    unsigned int lost;

    verdict = VERDICT_SUCCESS;
    notes = 0;
    reason[0] = 0;
    print("RUN %s\n", test->name);
    seen_begin();
    if (context_save(&runner) == 0) {
        test->run();
        if (test->fatal) {
            FAIL("the domain lives on");
        }
    }
    this_cpu()->hook = NULL;
    this_cpu()->in_user = false;
    seen_print(test->name);
    traps_restore();
    events_reset();
    if (context_save(&runner) == 0) {
        lost = pages_reset();
        if (lost != 0) {
            print("  note: %u pages kept a type\n", lost);
        }
        audit();
    }
    print("TEST %s: %s%s%s\n", test->name, words[verdict], reason[0] != 0 ? ": " : "", reason);
}

void harness_main(start_info_t *info);

void harness_main(start_info_t *info)
{
    unsigned int sums[ARRAY_SIZE(words)] = {0};
    struct sched_shutdown end = {.reason = SHUTDOWN_poweroff};

    start_info = info;
    if (context_save(&runner) == 0) {
        memory_start();
        traps_start();
        REQUIRE(cpus_begin() == 0);
        user_start();
        seen_enable(argument("seconds=", 0) == 0);
        for (const struct test *test = tests_start; test < tests_end; test++) {
            if (listed("only=", test->name, !test->alone) && !listed("skip=", test->name, false)) {
                test_run(test);
                sums[verdict]++;
            }
        }
    } else {
        print("TEST start: error: %s\n", reason);
        sums[VERDICT_ERROR]++;
    }
    rules_print();
    print("VERDICTS %u success, %u skip, %u error, %u failure\n", sums[0], sums[1], sums[2],
          sums[3]);
    watch_stop();
    for (;;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &end);
    }
}
