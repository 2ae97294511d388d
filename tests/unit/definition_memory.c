/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing a definition with the n-th allocation failing, the library's and libxml2's,
 * for every n: "no memory" in a sentence, or all as it should be. Never half a definition; of the
 * library's own, the sanitizers see what leaks. libxml2 2.9.14 itself crashes without memory at
 * some places in its RELAX NG: each of its allocations is tried in a process of its own, and a
 * crash that begins in our code fails.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xmlmemory.h>

#include "alloc.h"
#include "definition_fixture.h"
#include "unit.h"

#define WHOLE                                                                                      \
    "<domain type='xen'><name>web</name><uuid>11111111-2222-3333-4444-555555555555</uuid>"         \
    "<title>the web</title><metadata><m xmlns='urn:x'>kept</m></metadata>"                         \
    "<memory unit='MiB'>64</memory><vcpu>2</vcpu>"                                                 \
    "<os><type>linux</type><kernel>/boot/vmlinuz</kernel><initrd>/boot/initrd</initrd>"            \
    "<cmdline>console=hvc0</cmdline></os><clock offset='utc'/>"                                    \
    "<on_crash>preserve</on_crash><devices>"                                                       \
    "<disk type='file' device='disk'><source file='/d.img'/><target dev='xvda' bus='xen'/>"        \
    "<readonly/></disk>"                                                                           \
    "<interface type='bridge'><source bridge='xenbr0'/><mac address='00:16:3e:00:00:01'/>"         \
    "</interface><console type='pty'><log file='/var/log/web'/></console></devices></domain>\n"

static struct {
    unsigned long calls, fail;
} xml;

static bool xml_fails(void)
{
    return ++xml.calls == xml.fail;
}

static void *xml_malloc(size_t size)
{
    return xml_fails() ? NULL : malloc(size);
}

static void *xml_realloc(void *block, size_t size)
{
    return xml_fails() ? NULL : realloc(block, size);
}

static char *xml_strdup(const char *text)
{
    return xml_fails() ? NULL : strdup(text);
}

static char *wanted;
static unsigned long refused, done;
static bool happened; /* the library's allocation that was to fail did */

/* Reads, and writes what was read: as it should be, or a refusal for want of memory. */
static void read_and_write(unsigned long n, const char *whose)
{
    struct hvctl_definition *d = NULL;
    struct hvctl *h = hvctl_open();
    char *text = NULL;
    int result;

    happened = true;
    if (!h) {
        refused++;
        return;
    }
    result = hvctl_definition_parse(h, "t.xml", WHOLE, strlen(WHOLE), &d);
    if (!result) {
        result = hvctl_definition_format(h, d, &text);
        hvctl_definition_free(d);
    }
    happened = alloc_has_failed();
    alloc_fail_at(0);
    xml.fail = 0;
    EXPECT(!result || (result == -HVCTL_NO_MEMORY && strstr(hvctl_message(h), "no memory")));
    if (!result && wanted)
        EXPECT(!strcmp(text, wanted));
    if (unit_broken)
        printf("# %s allocation %lu: %d %s\n%s\n", whose, n, result, result ? hvctl_message(h) : "",
               text ? text : "");
    refused += result != 0;
    done += result == 0;
    if (wanted)
        free(text);
    else
        wanted = text;
    hvctl_close(h);
}

static void count(unsigned long n, const char *whose)
{
    printf("# %s: %lu allocations, %lu refusals, %lu were not needed\n", whose, n, refused, done);
    refused = done = 0;
}

static void the_librarys(void)
{
    unsigned long n;

    refused = 0;
    read_and_write(0, "no");
    EXPECT(!refused && wanted && strstr(wanted, "/d.img") && strstr(wanted, "/var/log/web"));
    for (n = 1; !unit_broken; n++) {
        alloc_fail_at(n);
        read_and_write(n, "the library's");
        if (!happened)
            break;
    }
    EXPECT(n > 20);
    count(n - 1, "the library's");
}

enum { DONE, REFUSED, WRONG, CRASH_THERE, CRASH_HERE };

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "handle_segv=0";
}

/* Whose function it was: the first that is not the C library's. */
static void crashed(int number)
{
    void *frames[64];
    int n = backtrace(frames, 64);
    Dl_info info;

    (void)number;
    for (int i = 2; i < n; i++) { /* behind this function and the signal's */
        if (!dladdr(frames[i], &info) || strstr(info.dli_fname, "libc.so"))
            continue;
        _exit(strstr(info.dli_fname, "libxml2") ? CRASH_THERE : CRASH_HERE);
    }
    _exit(CRASH_HERE);
}

static int in_a_child(unsigned long n)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (!child) {
        void *load[1];

        backtrace(load, 1); /* which allocates the first time */
        signal(SIGSEGV, crashed);
        refused = 0;
        xml.calls = 0;
        xml.fail = n;
        read_and_write(n, "libxml2's");
        fflush(stdout);
        _exit(unit_broken ? WRONG : refused ? REFUSED : DONE);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return CRASH_HERE;
    return WEXITSTATUS(status);
}

static void libxml2s(void)
{
    const char *full = getenv("MORTISE_FULL");
    unsigned long n, calls, tried = 0, step = full && *full == '1' ? 1 : 13;
    unsigned long results[CRASH_HERE + 1] = {0};

    xml.calls = 0;
    read_and_write(0, "no");
    calls = xml.calls;
    for (n = 1; n <= calls; n += step) {
        int result = in_a_child(n);

        tried++;
        results[result <= CRASH_HERE ? result : CRASH_HERE]++;
        EXPECT(result == DONE || result == REFUSED || result == CRASH_THERE);
        if (unit_broken) {
            printf("# allocation %lu of libxml2: %d\n", n, result);
            break;
        }
    }
    printf(
        "# libxml2's: %lu of %lu allocations failed: %lu refusals, %lu not needed, %lu crashes of "
        "its own\n",
        tried, calls, results[REFUSED], results[DONE], results[CRASH_THERE]);
    EXPECT(calls > 1000 && results[REFUSED] * 2 > tried);
}

int main(void)
{
    if (xmlMemSetup(free, xml_malloc, xml_realloc, xml_strdup))
        return 1;
    xmlInitParser();
    RUN(the_librarys);
    RUN(libxml2s);
    free(wanted);
    xmlRelaxNGCleanupTypes();
    xmlCleanupParser();
    return UNIT_RESULT;
}
