/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Definitions that are wrong, unsupported or hostile: each is refused with the sentence that says
 * so and the exact line.  And none that lost a part of its text is accepted.
 */
#include <stdlib.h>
#include <string.h>

#include "definition_fixture.h"
#include "unit.h"

/* What is added on line 5 of a right definition, and the complaint behind "t.xml:". */
static const struct {
    const char *added, *complaint;
} bad[] = {
    {"<name>b</name>", "5: a second <name>; the first is on line 2"},
    {"\n<memtune/>", "6: <memtune> is valid for libvirt, but not supported here"},
    {"<blink/>", "5: <blink> is unknown in <domain>"},
    {"<q:a xmlns:q='urn:q'/>", "5: <a> is of the namespace urn:q, which has no meaning here"},
    {"text", "5: text in <domain>, which has none"},
    {"<uuid>12</uuid>", "5: \"12\" is no uuid; it has 32 hexadecimal digits"},
    {"<title><b/></title>", "5: <b> in <title>, which has text alone"},
    {"<currentMemory unit='MiB'>65</currentMemory>", "5: <currentMemory> is more than <memory>"},
    {"<currentMemory>512</currentMemory>",
     "5: <currentMemory> is less than 1 MiB; its unit is KiB unless unit= says otherwise"},
    {"<currentMemory unit='pages'>9</currentMemory>",
     "5: <currentMemory>: \"9\" pages is no size; write a whole number and unit= KiB, MiB or GiB"},
    {"<vcpu>0</vcpu>", "5: <vcpu>: \"0\" is not 1 to 128"},
    {"<vcpu>129</vcpu>", "5: <vcpu>: \"129\" is not 1 to 128"},
    {"<vcpu current='3'>2</vcpu>", "5: <vcpu>: current=\"3\" is not 1 to 2"},
    {"<vcpu placement='auto'>2</vcpu>",
     "5: <vcpu>: placement=\"auto\" is not supported, only \"static\""},
    {"<vcpu cpuset='a'>2</vcpu>",
     "5: <vcpu>: cpuset=\"a\" is no set of CPUs 0 to 255, such as \"0-3,^2\""},
    {"<vcpu cpu='1'>2</vcpu>", "5: attribute cpu of <vcpu> is unknown"},
    {"<bootloader>/usr/bin/pygrub</bootloader>",
     "5: the boot loader \"/usr/bin/pygrub\" would read the guest's disk in the control domain, "
     "which is not supported; use <bootloader>pvgrub</bootloader>"},
    {"<bootloader>pvgrub</bootloader>", "5: <bootloader> and <kernel> exclude each other"},
    {"<features><acpi/></features>",
     "5: <features> is not supported; a PV guest has neither ACPI nor APIC: remove it"},
    {"<cpu mode='host-passthrough'/>", "5: <cpu> is not supported; a PV guest sees the CPU "
                                       "that the host has, less what it can't use"},
    {"<cputune>\n<quota>5</quota></cputune>",
     "6: <quota> is not supported; use <global_quota>: a cap holds for the whole guest"},
    {"<cputune><shares>65536</shares></cputune>", "5: <shares>: \"65536\" is not 1 to 65535"},
    {"<cputune><global_quota>9</global_quota></cputune>",
     "5: <global_quota> of <global_period> is not 1 to 65535 per cent of a CPU"},
    {"<clock offset='timezone'/>", "5: <clock>: offset=\"timezone\" is not supported, only \"utc\","
                                   " \"localtime\" and \"variable\""},
    {"<clock offset='utc' adjustment='5'/>",
     "5: <clock>: adjustment= and basis= need offset=\"variable\""},
    {"<clock offset='utc'><timer name='tsc'/></clock>",
     "5: <timer> is not supported; a PV guest has its own clock: remove it"},
    {"<on_crash>coredump-destroy</on_crash>",
     "5: <on_crash>: \"coredump-destroy\" is not supported, only destroy, restart, preserve and "
     "rename-restart"},
};

/* The same inside <devices>, on line 6. */
static const struct {
    const char *added, *complaint;
} bad_devices[] = {
    {"<graphics type='vnc'/>",
     "6: <graphics> is not supported; a PV guest has its console alone: remove it"},
    {"<disk type='file'>\n<driver type='qcow2'/></disk>",
     "7: <driver>: type=\"qcow2\" is not supported; convert the image with qemu-img convert -O "
     "raw"},
    {"<disk type='file'>\n<driver name='qemu'/></disk>",
     "7: <driver>: name=\"qemu\" is not supported; disks are served by the kernel: use \"phy\" or "
     "leave it out"},
    {"<disk type='file'><driver cache='none'/></disk>",
     "6: attribute cache of <driver> is valid for libvirt, but not supported here"},
    {"<disk type='network'/>",
     "6: <disk>: type=\"network\" is not supported, only \"file\" and \"block\""},
    {"<disk type='file' device='cdrom'/>", "6: <disk>: device=\"cdrom\" is not supported; only "
                                           "\"disk\" is; a CD image is a disk with <readonly/>"},
    {"<disk type='file'/>", "6: <disk> has no <source file='...'/>"},
    {"<disk type='block'><source file='/a'/></disk>",
     "6: <source>: file= does not go with type=\"block\""},
    {"<disk type='file'><source file='a.img'/></disk>",
     "6: <source>: file=\"a.img\" is no absolute path"},
    {"<disk type='file'><source file='/a'/></disk>", "6: <disk> has no <target dev='...'/>"},
    {"<disk type='file'><source file='/a'/>\n<target dev='sda'/></disk>",
     "7: <target>: dev=\"sda\" is no disk of a PV guest; they are called xvda, xvdb, ..., "
     "partitions xvda1 to xvda15"},
    {"<disk type='file'><source file='/a'/><target dev='xvda' bus='virtio'/></disk>",
     "6: <target>: bus=\"virtio\" is not supported; a PV guest has \"xen\" alone"},
    {"<disk type='file'><source file='/a'/><target dev='xvda'/></disk>\n"
     "<disk type='file'><source file='/b'/>\n<target dev='xvda'/></disk>",
     "8: <target>: xvda and xvda are the same disk"},
    {"<disk type='file'><source file='/a'/><target dev='xvda1'/></disk>\n"
     "<disk type='file'><source file='/b'/><target dev='xvda'/></disk>",
     "7: <target>: xvda and xvda1 are the same disk"},
    {"<interface/>", "6: <interface> has no type="},
    {"<interface type='network'/>", "6: <interface>: type=\"network\" is not supported; only "
                                    "\"bridge\" is: <interface type='bridge'>"},
    {"<interface type='bridge'/>", "6: <interface> has no <source bridge='...'/>"},
    {"<interface type='bridge'><source/></interface>", "6: <source> has no bridge="},
    {"<interface type='bridge'><source bridge='a/b'/></interface>",
     "6: <source>: bridge=\"a/b\" can't be the name of a network interface"},
    {"<interface type='bridge'><source bridge='b'/><mac address='x'/></interface>",
     "6: <mac>: \"x\" is no MAC address"},
    {"<interface type='bridge'><source bridge='b'/><mac address='01:00:00:00:00:00'/></interface>",
     "6: <mac>: \"01:00:00:00:00:00\" is a multicast address; the first byte must be even"},
    {"<interface type='bridge'><source bridge='b'/><script path='/x'/></interface>",
     "6: <script>: path=\"/x\" is not supported; no scripts are run; a card is put on its bridge "
     "as vif-bridge does it"},
    {"<interface type='bridge'><source bridge='b'/><mac address='00:16:3e:00:00:01'/></interface>\n"
     "<interface type='bridge'><source bridge='b'/><mac address='00:16:3E:00:00:01'/></interface>",
     "7: two cards have the same MAC address"},
    {"<console type='tcp'/>", "6: <console>: type=\"tcp\" is not supported; only \"pty\" and "
                              "\"file\" are"},
    {"<console type='file'/>", "6: <console> has no <source path='...'/>"},
    {"<console type='pty'/><console type='pty'/>", "6: a second <console>; the first is on line 6"},
    {"<console type='pty'><log file='/l' append='off'/></console>",
     "6: <log>: append=\"off\" is not supported; logs are always appended to"},
    {"<memballoon model='none'/>", "6: <memballoon>: model=\"none\" is not supported; a PV guest "
                                   "has \"xen\""},
};

/* Whole documents, and the whole complaint. */
static const struct {
    const char *text, *complaint;
} documents[] = {
    {"", "t.xml: is empty, so it is no guest's definition"},
    {"<network/>", "t.xml:1: <network> where <domain> was expected"},
    {"<domain/>", "t.xml:1: <domain> has no <name>"},
    {"<domain type='kvm'/>", "t.xml:1: <domain>: type=\"kvm\" is not supported, only \"xen\""},
    {"<domain type='xen' id='3'/>", "t.xml:1: attribute id of <domain> is not supported; the "
                                    "hypervisor gives the identifier: remove it"},
    {"<domain type='xen'>\n<name>a/b</name></domain>",
     "t.xml:2: \"a/b\" can't be a guest's name: it has other characters than letters, digits and "
     ". _ - +"},
    {"<domain type='xen'><name>a</name></domain>", "t.xml:1: <domain> has no <memory>"},
    {"<domain type='xen'><name>a</name>\n<memory unit='TiB'>17</memory></domain>",
     "t.xml:2: <memory> is more than a PV guest can have (16 TiB)"},
    {"<domain type='xen'><name>a</name><memory>65536</memory></domain>",
     "t.xml:1: the guest has no kernel; give <os> a <kernel>, or use <bootloader>pvgrub"
     "</bootloader> for the one on its own disk"},
    {"<domain "
     "type='xen'><name>a</name><memory>65536</memory><os>\n<kernel>k</kernel></os></domain>",
     "t.xml:2: <kernel>: \"k\" is no absolute path of a file"},
    {"<domain type='xen'><name>a</name><memory>65536</memory><os>\n<type>hvm</type></os></domain>",
     "t.xml:2: <type>: \"hvm\" guests are not supported, only \"linux\" (paravirtualised)"},
    {"<domain><name>a</name><memory>65536</memory><os><kernel>/k</kernel></os></domain>",
     "t.xml:1: <domain> has no type='xen'"},
    {"<domain type='xen'>\n<name>a</domain>",
     "t.xml:2: not well-formed XML: Opening and ending tag "
     "mismatch: name line 2 and domain"},
    {"<domain type='xen'>\n<name>&what;</name></domain>",
     "t.xml:2: not well-formed XML: Entity 'what' not defined"},
};

static bool expect(const char *text, const char *complaint)
{
    const char *said = definition_complaint(text);

    if (strcmp(said, complaint)) {
        printf("# wanted: %s\n# got:    %s\n", complaint, said);
        return false;
    }
    return true;
}

static void each_complaint(void)
{
    char text[2048], complaint[512];

    for (size_t at = 0; at < sizeof(bad) / sizeof(*bad); at++) {
        snprintf(text, sizeof(text), GUEST "%s\n" GUEST_END, bad[at].added);
        snprintf(complaint, sizeof(complaint), "t.xml:%s", bad[at].complaint);
        EXPECT(expect(text, complaint));
    }
}

static void each_complaint_about_devices(void)
{
    char text[2048], complaint[512];

    for (size_t at = 0; at < sizeof(bad_devices) / sizeof(*bad_devices); at++) {
        snprintf(text, sizeof(text), GUEST "<devices>\n%s</devices>\n" GUEST_END,
                 bad_devices[at].added);
        snprintf(complaint, sizeof(complaint), "t.xml:%s", bad_devices[at].complaint);
        EXPECT(expect(text, complaint));
    }
}

static void whole_documents(void)
{
    for (size_t at = 0; at < sizeof(documents) / sizeof(*documents); at++) {
        EXPECT(expect(documents[at].text, documents[at].complaint));
    }
}

/* Entities that multiply, and a file that is asked for: the DTD is refused where it begins. */
static void entities(void)
{
    static const char refused[] =
        "t.xml:2: a document type or entities (<!DOCTYPE>) are not allowed here";

    EXPECT(expect("<?xml version='1.0'?>\n<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'>"
                  "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\n<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;'>]>"
                  "<domain type='xen'><name>&c;</name></domain>",
                  refused));
    EXPECT(expect("\n<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
                  "<domain type='xen'><name>&x;</name></domain>",
                  refused));
    EXPECT(expect("\n<!DOCTYPE domain SYSTEM 'http://127.0.0.1/d.dtd'>\n<domain/>", refused));
}

static void depth(void)
{
    static char text[1 << 20];
    const char *said;

    strcpy(text, "<domain type='xen'><metadata>");
    for (int at = 0; at < 100; at++) {
        strcat(text, "\n<a>");
    }
    for (int at = 0; at < 100; at++) {
        strcat(text, "</a>");
    }
    strcat(text, "</metadata></domain>");
    said = definition_complaint(text);
    EXPECT(!strcmp(said, "t.xml:32: elements are nested more than 32 deep"));
    memset(text, 0, sizeof(text));
    for (size_t at = 0; at + 4 < sizeof(text); at += 3) {
        memcpy(text + at, "<a>", 3);
    }
    said = definition_complaint(text);
    EXPECT(strstr(said, "t.xml:1: not well-formed XML: "));
}

static void size(void)
{
    size_t length = (1 << 20) + 1;
    char *text = malloc(length + 1);
    char small[4096] = GUEST "<devices>";

    memset(text, ' ', length);
    text[length] = '\0';
    EXPECT(expect(text, "t.xml: larger than 1024 KiB, too large to be a guest's definition"));
    free(text);
    for (int at = 0; at < 65; at++) {
        strcat(small, "\n<disk/>");
    }
    strcat(small, "</devices></domain>");
    EXPECT(expect(small, "t.xml:70: more than 64 devices"));
}

/* A definition cut anywhere before its last > is never accepted, and says where it ended. */
static void cut_anywhere(void)
{
    static const char whole[] =
        GUEST "<devices><disk type='file'><source file='/a'/><target dev='xvda'/></disk></devices>"
              "</domain>";
    char *text = strdup(whole);

    for (size_t length = strlen(whole) - 1; length; length--) {
        text[length] = '\0';
        EXPECT(!strncmp(definition_complaint(text), "t.xml:", 6));
    }
    free(text);
}

static void bytes_of_zero(void)
{
    struct hvctl *h = hvctl_open();
    struct hvctl_definition *d = NULL;

    EXPECT(hvctl_definition_parse(h, "t.xml", "<domain>\0</domain>", 18, &d) == -HVCTL_INVALID);
    EXPECT(!d && !strcmp(hvctl_message(h), "t.xml: has bytes of value 0, so it is no guest's "
                                           "definition"));
    hvctl_close(h);
}

int main(void)
{
    RUN(each_complaint);
    RUN(each_complaint_about_devices);
    RUN(whole_documents);
    RUN(entities);
    RUN(depth);
    RUN(size);
    RUN(cut_anywhere);
    RUN(bytes_of_zero);
    return UNIT_RESULT;
}
