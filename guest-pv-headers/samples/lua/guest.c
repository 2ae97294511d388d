/* SPDX-License-Identifier: MIT */
/*
 * guest.c: starts the program proper, Lua's own lua.c, which is left as it is.
 *
 * With a module it runs that script; without one it is the interactive interpreter.
 */
#include <stdlib.h>

#include <pv/guest.h>

int main(int argc, char **argv);

int guest_main(void)
{
    static char program[] = "lua", script[] = "module";
    static char *arguments[] = {program, script, NULL};
    size_t bytes;
    int count = pv_module(&bytes) != NULL ? 2 : 1;

    arguments[count] = NULL;
    exit(main(count, arguments));
}
