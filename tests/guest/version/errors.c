/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen_version, console_io, vm_assist: answers into places that can't be written, questions that are
 * no questions.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

TEST(xen_version_faults)
{
    for (unsigned int command = XENVER_extraversion; command <= XENVER_commandline; command++) {
        if (command != XENVER_pagesize) {
            EXPECT_EQ(hcall(__HYPERVISOR_xen_version, command, NOWHERE), E(FAULT));
            EXPECT_EQ(hcall(__HYPERVISOR_xen_version, command, 0xffff830000000000ul), E(FAULT));
        }
    }
}

/* A page that can be read but not written. */
TEST(xen_version_read_only)
{
    char *page = page_alloc();

    REQUIRE(page_protect(page) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_extraversion, page), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_changeset, page), E(FAULT));
    REQUIRE(page_unprotect(page) == 0);
    for (unsigned int i = 0; i < PAGE_SIZE; i++) {
        EXPECT(page[i] == 0);
    }
}

TEST(console_io_errors)
{
    static char text[4];

    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_write, 4, NOWHERE), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_write, 0, NOWHERE), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_read, 4, text), 0); /* nobody types */
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, 77, 4, text), E(NOSYS));
}

TEST(vm_assist_errors)
{
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 1000), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, 1000), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 0xffffffff), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, 7, VMASST_TYPE_4gb_segments), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_4gb_segments), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_4gb_segments), 0);
}

TEST(build_id)
{
    struct {
        xen_build_id_t id;
        unsigned char bytes[64];
    } answer = {.id = {.len = 64}};

    if (subject_is_mortise()) { /* Debian's Xen has one */
        EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_build_id, &answer), E(NODATA));
    } else {
        EXPECT(hcall(__HYPERVISOR_xen_version, XENVER_build_id, &answer) > 0);
    }
}
