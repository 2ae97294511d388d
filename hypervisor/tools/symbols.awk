# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads `nm -n IMAGE`, writes the assembly of the symbol table that the crash
# handler's backtrace uses: functions only, sorted by address, as
#   extern const struct symbol { uint32_t offset, name; } symbols_table[];
#   extern const uint32_t symbols_count;
#   extern const char symbols_names[];
# An offset counts from IMAGE_START (cpu/layout.h), whose lower 32 bits are 0:
# it is the lower half of the address.

BEGIN { count = 0 }

# Real-mode and early code at its load address is not part of the table.
$2 ~ /^[tT]$/ && $3 !~ /^\.L/ && substr($1, 1, 4) == "ffff" && $1 != last {
    offset[count] = substr($1, 9)
    name[count++] = $3
    last = $1
}

END {
    print "/* Made by symbols.awk from the image's own symbols. */"
    print "    .section .rodata.symbols, \"a\", @progbits"
    print "    .globl symbols_table, symbols_count, symbols_names"
    print "    .balign 8"
    print "symbols_table:"
    at = 0
    for (i = 0; i < count; i++) {
        printf "    .long 0x%s, %d\n", offset[i], at
        at += length(name[i]) + 1
    }
    print "symbols_count:"
    printf "    .long %d\n", count
    print "symbols_names:"
    for (i = 0; i < count; i++)
        printf "    .asciz \"%s\"\n", name[i]
    print "    .byte 0"
    print "    .section .note.GNU-stack, \"\", @progbits"
}
