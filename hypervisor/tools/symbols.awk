# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads `nm -n IMAGE`, writes the assembly of the symbol table that the crash
# handler's backtrace uses: functions only, sorted by address, as
#   extern const struct symbol { uint32_t offset, name; } symbols_table[];
#   extern const uint32_t symbols_count;
#   extern const char symbols_names[];
# An offset counts from the symbol `image_start`, or from the first function
# where the linker script defines none.  Addresses have 16 digits, so strings
# compare as numbers do and the assembler does the subtraction in 64 bits.

$2 ~ /^[tT]$/ && $3 !~ /^\.L/ {
    if ($3 == "image_start")
        base = $1
    # Real-mode and early code at its load address is not part of the table.
    if (substr($1, 1, 4) == "ffff" && $1 != last) {
        address[count] = $1
        name[count++] = $3
        last = $1
    }
}
$3 == "image_start" { base = $1 }

END {
    if (base == "")
        base = count ? address[0] : "0"
    print "/* Made by symbols.awk from the image's own symbols. */"
    print "    .section .rodata.symbols, \"a\", @progbits"
    print "    .globl symbols_table, symbols_count, symbols_names"
    print "    .balign 8"
    print "symbols_table:"
    for (i = 0; i < count; i++) {
        if (address[i] < base)
            continue
        printf "    .long 0x%s - 0x%s, %d\n", address[i], base, offset
        offset += length(name[i]) + 1
        kept++
    }
    print "symbols_count:"
    printf "    .long %d\n", kept
    print "symbols_names:"
    for (i = 0; i < count; i++)
        if (address[i] >= base)
            printf "    .asciz \"%s\"\n", name[i]
    print "    .byte 0"
    print "    .section .note.GNU-stack, \"\", @progbits"
}
