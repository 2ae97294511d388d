/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl as an administrator types it, on a fake of the library: what each verb asks for, what it
 * prints, its exit status, and what it says to a wrong command line.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hvctl_fake.h"
#include "unit.h"
#include "../../dom0-tools/hvctl/command.h"

static char out[65536], err[65536];

static void collect(int fd, char *text, size_t size)
{
    ssize_t length = pread(fd, text, size - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    close(fd);
}

/* Runs a command line, words divided by single spaces; out and err then hold what it printed. */
static int run_again(const char *line)
{
    char copy[512], *words[16] = {"hvctl"}, *rest = copy;
    int argc = 1, files[2], saved[2], status;

    snprintf(copy, sizeof(copy), "%s", line);
    while (*copy && (words[argc] = strsep(&rest, " "))) {
        argc++;
    }
    fflush(stdout);
    for (int at = 0; at < 2; at++) {
        files[at] = open("/tmp", O_TMPFILE | O_RDWR, 0600);
        saved[at] = dup(at + 1);
        dup2(files[at], at + 1);
    }
    status = command_main(argc, words);
    fflush(stdout);
    for (int at = 0; at < 2; at++) {
        dup2(saved[at], at + 1);
        close(saved[at]);
    }
    collect(files[0], out, sizeof(out));
    collect(files[1], err, sizeof(err));
    return status;
}

static int run(const char *line)
{
    fake_reset();
    return run_again(line);
}

/* What is typed, and the calls that it makes. */
static struct {
    const char *line, *calls;
} done[] = {
    {"destroy web 2", "destroy 1; destroy 2"},
    {"pause web", "pause 1"},
    {"unpause 2", "unpause 2"},
    {"shutdown web", "shutdown 1 0 0"},
    {"shutdown --wait web", "shutdown 1 0 60000000000"},
    {"shutdown web -t 5", "shutdown 1 0 5000000000"},
    {"shutdown --timeout=7 -w web db", "shutdown 1 0 7000000000; shutdown 2 0 7000000000"},
    {"reboot web", "shutdown 1 1 0"},
    {"rename web www", "rename 1 www"},
    {"mem-set web 96", "memory_set 1 98304"},
    {"mem-set web 1G", "memory_set 1 1048576"},
    {"mem-set web 65536KiB", "memory_set 1 65536"},
    {"vcpu-set db 4", "vcpus_set 2 4"},
    {"vcpu-pin web 1 0-3,^2", "vcpu_pin 1 1 0.b"},
    {"vcpu-pin web all all", "vcpu_pin 1 -1 ffffffffffffffff.ffffffffffffffff"},
    {"sched web --weight 512", "sched_get 1; sched_set 1 512 50"},
    {"sched web -c 0", "sched_get 1; sched_set 1 256 0"},
    {"trigger web nmi 1", "trigger 1 nmi 1"},
    {"sysrq web s", "sysrq 1 s"},
    {"dump web /tmp/web.core", "dump 1 /tmp/web.core"},
    {"block-attach web /srv/a.img xvdb", "disk_attach 1 file /srv/a.img xvdb rw"},
    {"block-attach -r web /srv/a.img xvdb", "disk_attach 1 file /srv/a.img xvdb ro"},
    {"block-detach web xvdb --force", "disk_detach 1 xvdb 1"},
    {"network-attach web xenbr0", "nic_attach 1 xenbr0 0 00..00 -"},
    {"network-attach web xenbr0 --mac 00:16:3e:01:02:09 -t web1",
     "nic_attach 1 xenbr0 1 00..09 web1"},
    {"network-detach web 0", "nic_detach 1 0 0"},
    {"dmesg --clear", "dmesg 1"},
};

static void what_is_asked_for(void)
{
    for (size_t at = 0; at < sizeof(done) / sizeof(*done); at++) {
        int status = run(done[at].line);

        if (status || strcmp(fake_calls, done[at].calls) || *err) {
            printf("# %s: status %d, %s %s\n", done[at].line, status, fake_calls, err);
        }
        EXPECT(!status && !strcmp(fake_calls, done[at].calls) && !*err);
    }
}

static const struct {
    const char *line;
    int status;
    const char *message;
} wrong[] = {
    {"list nobody", 4, "there is no guest called nobody"},
    {"blink", 2, "there is no verb \"blink\"; hvctl help lists them"},
    {"help blink", 2, "there is no verb \"blink\"; hvctl help lists them"},
    {"destroy", 2, "an argument is missing; usage: hvctl destroy GUEST..."},
    {"domid web db", 2, "there are too many arguments; usage: hvctl domid GUEST"},
    {"list --blink", 2, "unknown option --blink; usage: hvctl list [OPTION...] [GUEST...]"},
    {"top --delay", 2, "--delay needs an argument; usage: hvctl top [OPTION...]"},
    {"top --delay 0", 2, "the delay \"0\" is not 0.1 to 3600 seconds"},
    {"top", 1, "there is no terminal to draw in; use --batch"},
    {"vcpu-set web 0", 2, "the number of vCPUs \"0\" is no number from 1 to 8192"},
    {"vcpu-set web -1", 2, "unknown option -1; usage: hvctl vcpu-set GUEST COUNT"},
    {"vcpu-pin web 0 a", 2, "\"a\" is no set of CPUs; write 0-3,^2 or all"},
    {"mem-set web much", 2, "\"much\" is no size; write a number of MiB, or 2G, 512M, 65536K"},
    {"sysrq web ab", 2, "\"ab\" is not one letter or digit"},
    {"sched --weight 5", 2, "--weight and --cap are set for one guest: name it"},
    {"sched web --weight 0", 2, "the weight \"0\" is no number from 1 to 65535"},
    {"destroy 0", 3, "the control domain can't be destroyed; shut the machine down instead"},
    {"pause Domain-0", 3, "the control domain can't be paused"},
    {"dump 0 /tmp/a", 3, "the control domain can't dump itself"},
    {"console 0", 3, "the control domain's console is the hypervisor's serial line"},
    {"block-attach web a.img xvdb", 2, "\"a.img\" is no absolute path of a disk"},
    {"network-attach web xenbr0 -m 01:00:00:00:00:00", 2,
     "\"01:00:00:00:00:00\" is no MAC address of a card; one is like 00:16:3e:00:00:01"},
    {"network-attach web /nonexistent.xml", 4,
     "/nonexistent.xml can't be opened: No such file or directory"},
    {"validate /nonexistent.xml", 4, "/nonexistent.xml can't be opened: No such file or directory"},
};

static void what_is_wrong(void)
{
    for (size_t at = 0; at < sizeof(wrong) / sizeof(*wrong); at++) {
        char message[256];
        int status = run(wrong[at].line);

        snprintf(message, sizeof(message), "hvctl: %s\n", wrong[at].message);
        if (status != wrong[at].status || strcmp(err, message) || *out) {
            printf("# %s: status %d, %s%s", wrong[at].line, status, err, out);
        }
        EXPECT(status == wrong[at].status && !strcmp(err, message) && !*out);
    }
}

/* A command line that is wrong with any verb: count words x behind it. */
static void expect_usage(const struct verb *verb, const char *option, int count, const char *what)
{
    char line[128], message[256];
    int used = snprintf(line, sizeof(line), "%s%s", verb->name, option);

    while (count-- > 0) {
        used += snprintf(line + used, sizeof(line) - (size_t)used, " x");
    }
    snprintf(message, sizeof(message), "hvctl: %s; usage: hvctl %s ", what, verb->name);
    message[strlen(message) - (*verb->arguments || verb->options->letter ? 0 : 1)] = '\0';
    EXPECT(run(line) == 2 && !strncmp(err, message, strlen(message)) && !*out && !*fake_calls);
}

static void wrong_with_any_verb(void)
{
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->group) {
            continue;
        }
        expect_usage(verb, " --blink", verb->least, "unknown option --blink");
        if (verb->least) {
            expect_usage(verb, "", verb->least - 1, "an argument is missing");
        }
        if (verb->most < ANY) {
            expect_usage(verb, "", verb->most + 1, "there are too many arguments");
        }
    }
}

/* Each status of the library has an exit status of its own, and the message is the library's. */
static void failures_of_the_library(void)
{
    for (int status = HVCTL_INVALID; status <= HVCTL_REFUSED; status++) {
        char line[] = "pause web", *words[] = {"hvctl", "pause", "web"};
        const struct exit_text *text = NULL;

        for (size_t at = 0; at < exit_count; at++) {
            if (exits[at].status == status) {
                EXPECT(!text);
                text = &exits[at];
            }
        }
        EXPECT(text && text->number > EXIT_USAGE);
        EXPECT(!run(line));
        fake_reset();
        fake_fail("pause", (enum hvctl_status)status, "it did not work");
        fflush(stdout);
        EXPECT(text && command_main(3, words) == text->number);
    }
}

static void several_guests(void)
{
    EXPECT(run("pause nobody web") == 4);
    EXPECT(!strcmp(fake_calls, "pause 1"));
}

static void table_of_domains(void)
{
    EXPECT(run("list") == 0 && !*err);
    EXPECT(!strcmp(out, "Name        Id   MiB   vCPUs  State     CPU seconds\n"
                        "Domain-0     0   512       1  running          12.3\n"
                        "web          1    64       2  running           1.5\n"
                        "db           2   128       1  paused            0.0\n"
                        "(guest 3)    3    32       1  crashed           0.0\n"));
    EXPECT(run("list --names") == 0 && !strcmp(out, "web\ndb\n(guest 3)\n"));
    EXPECT(run("list -l 3") == 0 && strstr(out, "crashed") && strstr(out, " crash "));
    EXPECT(strstr(out, "00000000-0000-0000-0000-000000000000"));
    EXPECT(run("domid web") == 0 && !strcmp(out, "1\n"));
    EXPECT(run("domname 2") == 0 && !strcmp(out, "db\n"));
}

/* Parses what was printed; NULL is no JSON. */
static json_t *printed(void)
{
    return json_loads(out, JSON_REJECT_DUPLICATES, NULL);
}

static void json_of_every_listing(void)
{
    static const char *const lines[] = {
        "list --json",     "vcpu-list --json",      "uptime --json",
        "sched --json",    "block-list web --json", "network-list web --json",
        "why web --json",  "info --json",           "info web --json",
        "audit --json",    "version --json",        "top --json -n 1 -d 0.1",
        "list --json 1 2", "vcpu-list -j db",       "why db -j",
    };

    for (size_t at = 0; at < sizeof(lines) / sizeof(*lines); at++) {
        json_t *value;

        EXPECT(run(lines[at]) == 0 && !*err);
        value = printed();
        if (!value) {
            printf("# %s: %s\n", lines[at], out);
        }
        EXPECT(value && (json_is_array(value) || json_object_size(value)));
        json_decref(value);
    }
}

static void json_has_what_the_table_has(void)
{
    json_t *value, *web;

    EXPECT(run("list --json") == 0);
    value = printed();
    web = json_array_get(value, 1);
    EXPECT(json_array_size(value) == 4);
    EXPECT(!strcmp(json_string_value(json_object_get(web, "name")), "web"));
    EXPECT(json_integer_value(json_object_get(web, "domid")) == 1);
    EXPECT(json_integer_value(json_object_get(web, "memory_max_kib")) == 131072);
    EXPECT(json_is_null(json_object_get(web, "shutdown_reason")));
    web = json_array_get(value, 3);
    EXPECT(!strcmp(json_string_value(json_object_get(web, "shutdown_reason")), "crash"));
    json_decref(value);
}

static void other_listings(void)
{
    EXPECT(run("vcpu-list db") == 0 && strstr(out, "off line") && strstr(out, "0,2-3"));
    EXPECT(strstr(out, "  all\n"));
    EXPECT(run("uptime web") == 0 && strstr(out, "1 days, 01:01:01"));
    EXPECT(run("sched") == 0 && strstr(out, "50%") && strstr(out, "none"));
    EXPECT(run("block-list web") == 0 && strstr(out, "connected"));
    EXPECT(strstr(out, "/srv/web?[31m.img") && !strchr(out, '\033'));
    EXPECT(run("network-list web") == 0 && strstr(out, "waiting") && strstr(out, "xenbr0"));
    EXPECT(run("why web") == 0 && strstr(out, "mmu_update, operation 2: Invalid argument"));
    EXPECT(run("why db") == 0 && !strcmp(out, "the hypervisor refused it nothing\n"));
    EXPECT(run("info") == 0 && strstr(out, "4.17.0-m") && strstr(out, "1024 MiB"));
    EXPECT(run("info web") == 0 && strstr(out, "64 of 128 MiB"));
    EXPECT(run("info web --xml") == 0 && strstr(out, "<name>web</name>"));
    EXPECT(run("dmesg") == 0 && !strcmp(out, "Mortise\nready\n"));
    EXPECT(run("version") == 0 && strstr(out, "hypervisor 4.17.0-m\n"));
    EXPECT(run("top -b -n 2 -d 0.1") == 0 && strstr(out, "CPU %"));
}

static void audit(void)
{
    json_t *value, *one;

    EXPECT(run("audit") == 0 && !strcmp(out, "7777 references on 1000 frames, 0 differences; "
                                             "guests stood still for 1.500 ms\n"));
    fake_differences = 3;
    EXPECT(run_again("audit") == 1 && strstr(err, "differences"));
    EXPECT(!strncmp(out, "frame 123 has 3 references\nand 2 more\n7777 references", 53));
    EXPECT(run_again("audit --json") == 1);
    value = printed();
    one = json_array_get(json_object_get(value, "described"), 0);
    EXPECT(json_integer_value(json_object_get(value, "references")) == 7777);
    EXPECT(json_integer_value(json_object_get(value, "differences")) == 3);
    EXPECT(!strcmp(json_string_value(json_object_get(one, "kind")), "page-refs"));
    EXPECT(json_integer_value(json_object_get(one, "domid")) == 4);
    EXPECT(json_integer_value(json_object_get(one, "object")) == 0x123);
    EXPECT(json_integer_value(json_object_get(one, "recorded")) == 3);
    EXPECT(json_integer_value(json_object_get(one, "found")) == 2);
    EXPECT(strstr(json_string_value(json_object_get(one, "words")), "3 references"));
    json_decref(value);
}

static void definitions(void)
{
    static const char text[] = "<domain type='xen'>\n<name>new</name>\n<memory>65536</memory>\n"
                               "<os><kernel>/k</kernel></os>\n</domain>\n";
    static const char bad[] = "<domain type='xen'>\n<name>new</name>\n<memtune/></domain>\n";
    char path[] = "/tmp/hvctl-command-XXXXXX", line[128];
    int fd = mkstemp(path);
    json_t *value;

    EXPECT(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    snprintf(line, sizeof(line), "validate %s", path);
    EXPECT(run(line) == 0 && strstr(out, ": the definition of new is right\n"));
    snprintf(line, sizeof(line), "validate -p %s", path);
    EXPECT(run(line) == 0 && strstr(out, "<memory unit=\"KiB\">65536</memory>"));
    snprintf(line, sizeof(line), "create --paused %s", path);
    EXPECT(run(line) == 0 && !strcmp(out, "new is guest 1\n"));
    EXPECT(!strcmp(fake_calls, "create new 65536 KiB /k flags 1"));
    snprintf(line, sizeof(line), "create %s --json", path);
    EXPECT(run(line) == 0 && !strcmp(fake_calls, "create new 65536 KiB /k flags 0"));
    value = printed();
    EXPECT(json_integer_value(json_object_get(value, "domid")) == 1);
    json_decref(value);
    EXPECT(!ftruncate(fd, 0) && pwrite(fd, bad, strlen(bad), 0) == (ssize_t)strlen(bad));
    snprintf(line, sizeof(line), "create %s", path);
    EXPECT(run(line) == 3 && !*fake_calls && !*out);
    EXPECT(strstr(err, ":3: <memtune> is valid for libvirt, but not supported here\n"));
    close(fd);
    unlink(path);
}

static void help(void)
{
    EXPECT(run("") == 2 && !strncmp(err, "usage: hvctl VERB", 17));
    EXPECT(run("--version") == 0 && !strncmp(out, "hvctl ", 6));
    EXPECT(run("help") == 0);
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        char line[64], usage[64];

        if (verb->group) {
            continue;
        }
        EXPECT(run("help") == 0 && strstr(out, verb->summary));
        snprintf(line, sizeof(line), "%s --help", verb->name);
        snprintf(usage, sizeof(usage), "usage: hvctl %s ", verb->name);
        EXPECT(run(line) == 0 && !strncmp(out, usage, strlen(usage)) && !*err);
        for (const struct option_text *o = verb->options; o->letter; o++) {
            EXPECT(strstr(out, o->name) && strstr(out, o->text));
        }
    }
}

int main(void)
{
    RUN(what_is_asked_for);
    RUN(what_is_wrong);
    RUN(wrong_with_any_verb);
    RUN(failures_of_the_library);
    RUN(several_guests);
    RUN(table_of_domains);
    RUN(json_of_every_listing);
    RUN(json_has_what_the_table_has);
    RUN(other_listings);
    RUN(audit);
    RUN(definitions);
    RUN(help);
    return UNIT_RESULT;
}
