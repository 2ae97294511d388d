/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Definitions that are right: what is read of each element, what stands for what is left out, and
 * that a definition that is written is read back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "definition_fixture.h"
#include "unit.h"

static const char full[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<!-- a comment -->\n"
    "<domain type='xen' xmlns:my='urn:my'>\n"
    "  <name> web </name>\n"
    "  <uuid>00112233-4455-6677-8899-aabbccddeeff</uuid>\n"
    "  <title>Web &lt;1&gt;</title>\n"
    "  <description><![CDATA[a & b]]></description>\n"
    "  <metadata><my:owner role='x'>me</my:owner></metadata>\n"
    "  <memory unit='MiB'>256</memory>\n"
    "  <currentMemory>131072</currentMemory>\n"
    "  <vcpu placement='static' current='2' cpuset='0-3,^1'>4</vcpu>\n"
    "  <os>\n"
    "    <type arch='x86_64' machine='xenpv'>linux</type>\n"
    "    <kernel>/boot/vmlinuz</kernel><initrd>/boot/initrd.img</initrd>\n"
    "    <cmdline>root=/dev/xvda \"quoted\" a&amp;b</cmdline>\n"
    "  </os>\n"
    "  <cputune><shares>512</shares><global_period>50000</global_period>\n"
    "    <global_quota>75000</global_quota></cputune>\n"
    "  <clock offset='variable' adjustment='-3600' basis='localtime'/>\n"
    "  <on_poweroff>preserve</on_poweroff><on_reboot>destroy</on_reboot>\n"
    "  <on_crash>rename-restart</on_crash>\n"
    "  <devices>\n"
    "    <disk type='file' device='disk'><driver name='file' type='raw'/>\n"
    "      <source file='/srv/web.img'/><target dev='xvda' bus='xen'/></disk>\n"
    "    <disk type='block'><source dev='/dev/vg/web'/><target dev='xvdb'/><readonly/></disk>\n"
    "    <interface type='bridge'><source bridge='xenbr0'/><mac address='00:16:3e:01:02:03'/>\n"
    "      <target dev='web0'/><model type='netfront'/><script path='vif-bridge'/></interface>\n"
    "    <interface type='bridge'><source bridge='xenbr1'/></interface>\n"
    "    <console type='file'><source path='/var/log/web'/><target type='xen' "
    "port='0'/></console>\n"
    "    <memballoon model='xen'/>\n"
    "  </devices>\n"
    "</domain>\n";

static void expect_full(const struct hvctl_definition *d)
{
    EXPECT(!strcmp(d->name, "web") && d->uuid_given && d->uuid[1] == 0x11 && d->uuid[15] == 0xff);
    EXPECT(!strcmp(d->title, "Web <1>") && !strcmp(d->description, "a & b"));
    EXPECT(strstr(d->metadata, "urn:my") && strstr(d->metadata, ">me</my:owner></metadata>"));
    EXPECT(d->memory_kib == 262144 && d->current_kib == 131072);
    EXPECT(d->vcpus == 4 && d->vcpus_start == 2 && d->cpuset_given && d->cpuset.word[0] == 0xd);
    EXPECT(!strcmp(d->kernel, "/boot/vmlinuz") && !strcmp(d->initrd, "/boot/initrd.img"));
    EXPECT(!strcmp(d->cmdline, "root=/dev/xvda \"quoted\" a&b") && !d->pvgrub);
    EXPECT(d->weight == 512 && d->cap == 150);
    EXPECT(d->clock_offset_s == -3600 && d->clock_local);
    EXPECT(d->on_poweroff == HVCTL_ACTION_PRESERVE && d->on_reboot == HVCTL_ACTION_DESTROY);
    EXPECT(d->on_crash == HVCTL_ACTION_RENAME_RESTART);
    EXPECT(d->disk_count == 2 && d->nic_count == 2 && !strcmp(d->console_log, "/var/log/web"));
}

static void expect_devices(const struct hvctl_definition *d)
{
    const struct hvctl_disk *disk = d->disks;
    const struct hvctl_nic *nic = d->nics;

    EXPECT(disk[0].type == HVCTL_DISK_FILE && !strcmp(disk[0].source, "/srv/web.img"));
    EXPECT(!strcmp(disk[0].target, "xvda") && !disk[0].readonly);
    EXPECT(disk[1].type == HVCTL_DISK_BLOCK && !strcmp(disk[1].source, "/dev/vg/web"));
    EXPECT(!strcmp(disk[1].target, "xvdb") && disk[1].readonly);
    EXPECT(!strcmp(nic[0].bridge, "xenbr0") && nic[0].mac_given && nic[0].mac[5] == 3);
    EXPECT(!strcmp(nic[0].target, "web0"));
    EXPECT(!strcmp(nic[1].bridge, "xenbr1") && !nic[1].mac_given && !nic[1].target);
}

static void every_element(void)
{
    struct hvctl_definition *d = definition_of(full);

    expect_full(d);
    expect_devices(d);
    hvctl_definition_free(d);
}

static void round_trip(void)
{
    struct hvctl_definition *d = definition_of(full), *again;
    struct hvctl *h = hvctl_open();
    char *text = NULL, *twice = NULL;

    EXPECT(!hvctl_definition_format(h, d, &text));
    again = definition_of(text);
    expect_full(again);
    expect_devices(again);
    EXPECT(!hvctl_definition_format(h, again, &twice) && !strcmp(text, twice));
    hvctl_definition_free(again);
    hvctl_definition_free(d);
    hvctl_close(h);
    free(text);
    free(twice);
}

static void what_is_left_out(void)
{
    struct hvctl_definition *d = definition_of(GUEST GUEST_END);

    EXPECT(!d->uuid_given && !d->title && !d->description && !d->metadata && !d->console_log);
    EXPECT(d->memory_kib == 65536 && d->current_kib == 65536);
    EXPECT(d->vcpus == 1 && d->vcpus_start == 1 && !d->cpuset_given);
    EXPECT(!d->initrd && !d->cmdline && !d->pvgrub && !d->weight && !d->cap);
    EXPECT(!d->clock_offset_s && !d->clock_local && !d->disk_count && !d->nic_count);
    EXPECT(d->on_poweroff == HVCTL_ACTION_DESTROY && d->on_reboot == HVCTL_ACTION_RESTART);
    EXPECT(d->on_crash == HVCTL_ACTION_DESTROY);
    hvctl_definition_free(d);
}

static void pvgrub(void)
{
    static const char grub[] = "/usr/lib/grub-xen/grub-x86_64-xen.bin";
    struct hvctl_definition *d =
        definition_of("<domain type='xen'><name>a</name><memory>65536</memory>"
                      "<bootloader>pvgrub</bootloader></domain>");

    EXPECT(d->pvgrub && !strcmp(d->kernel, grub));
    hvctl_definition_free(d);
    d = definition_of("<domain type='xen'><name>a</name><memory>65536</memory><os><kernel>"
                      "/usr/lib/grub-xen/grub-x86_64-xen.bin</kernel></os></domain>");
    EXPECT(d->pvgrub && !strcmp(d->kernel, grub));
    hvctl_definition_free(d);
}

static void clocks_and_caps(void)
{
    struct hvctl_definition *d = definition_of(
        GUEST
        "<clock offset='localtime'/><cputune><global_quota>50000</global_quota></cputune>"
        "<devices><console type='pty'><log file='/l' append='on'/></console></devices>" GUEST_END);

    EXPECT(d->clock_local && !d->clock_offset_s && d->cap == 50 && !d->weight);
    EXPECT(!strcmp(d->console_log, "/l"));
    hvctl_definition_free(d);
    d = definition_of(GUEST "<clock offset='utc'/><cputune><global_quota>-1</global_quota>"
                            "</cputune>" GUEST_END);
    EXPECT(!d->clock_local && !d->cap);
    hvctl_definition_free(d);
}

static void elements_alone(void)
{
    static const char disk[] = "<disk type='file'><source file='/a'/><target dev='xvdc'/></disk>";
    static const char nic[] = "<interface type='bridge'><source bridge='b'/></interface>";
    struct hvctl *h = hvctl_open();
    struct hvctl_disk d = {0};
    struct hvctl_nic n = {0};

    EXPECT(!hvctl_disk_parse(h, "d", disk, strlen(disk), &d) && !strcmp(d.target, "xvdc"));
    EXPECT(!hvctl_nic_parse(h, "n", nic, strlen(nic), &n) && !strcmp(n.bridge, "b"));
    hvctl_disk_clear(&d);
    hvctl_nic_clear(&n);
    EXPECT(hvctl_disk_parse(h, "d", nic, strlen(nic), &d) == -HVCTL_INVALID);
    EXPECT(!strcmp(hvctl_message(h), "d:1: <interface> where <disk> was expected"));
    EXPECT(hvctl_nic_parse(h, "n", disk, strlen(disk), &n) == -HVCTL_INVALID);
    EXPECT(!d.source && !n.bridge);
    hvctl_close(h);
}

static void files(void)
{
    struct hvctl *h = hvctl_open();
    struct hvctl_definition *d = NULL;

    EXPECT(hvctl_definition_read(h, "/nonexistent/a.xml", &d) == -HVCTL_NOT_FOUND && !d);
    EXPECT(
        !strcmp(hvctl_message(h), "/nonexistent/a.xml can't be opened: No such file or directory"));
    EXPECT(hvctl_definition_read(h, "/", &d) == -HVCTL_IO && !d);
    EXPECT(!strcmp(hvctl_message(h), "/ can't be read: Is a directory"));
    EXPECT(hvctl_definition_read(h, "/dev/zero", &d) == -HVCTL_INVALID && !d);
    EXPECT(strstr(hvctl_message(h), "too large"));
    hvctl_close(h);
}

int main(void)
{
    RUN(every_element);
    RUN(round_trip);
    RUN(what_is_left_out);
    RUN(pvgrub);
    RUN(clocks_and_caps);
    RUN(elements_alone);
    RUN(files);
    return UNIT_RESULT;
}
