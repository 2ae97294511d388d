/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl: guests from the command line.  All of it is in command.c, so that tests can call it.
 */
#include "command.h"

int main(int argc, char **argv)
{
    return command_main(argc, argv);
}
